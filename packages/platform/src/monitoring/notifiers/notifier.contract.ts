import { afterEach, describe, expect, test } from 'vitest';
import { Secret } from '../../kernel/secret.ts';
import { waitFor } from '../../kernel/wait.ts';
import type { Answer } from '../next-attempt.ts';
import { post } from '../post.ts';
import { noticeOf } from '../testing/notices.ts';
import { type AnswerWith, openReceiver, type Receiver } from '../testing/receiver.ts';
import type { NotifierKind } from './notifier.ts';

const atSeconds = 1_795_000_000;

/** What every kind of receiver keeps to, against a real HTTP server. `secrets` are those that it needs beside `url`. */
export const notifierContract = (kind: NotifierKind, secrets: Readonly<Record<string, string>> = {}): void => {
  const receivers: Receiver[] = [];
  afterEach(async () => {
    for (const one of receivers.splice(0)) await one.close();
  });
  const open = async (answer?: AnswerWith): Promise<Receiver> => {
    const receiver = await openReceiver(answer);
    receivers.push(receiver);
    return receiver;
  };
  const known = Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, new Secret(value)]));
  const request = (more: Parameters<typeof noticeOf>[0] = {}) =>
    kind.request({ app: 'shop', notice: noticeOf(more) }, known, atSeconds);
  const sendTo = (url: string, withinMs = 5_000, signal = new AbortController().signal): Promise<Answer> =>
    post({ ...request(), id: noticeOf().id, url: new Secret(url), secrets: Object.values(known), withinMs }, signal);

  describe(`a message to ${kind.kind}`, () => {
    test('is JSON in clean UTF-8, with its id in the header', async () => {
      const receiver = await open();
      expect(await sendTo(receiver.url)).toMatchObject({ kind: 'answered', status: 200, text: 'ok' });
      const [got] = receiver.got;
      expect(got?.headers).toMatchObject({
        'content-type': 'application/json; charset=utf-8',
        'idempotency-key': noticeOf().id,
      });
      expect(JSON.parse(got?.body ?? '')).toMatchObject({ text: expect.stringContaining('✅ Production delivery') });
    });

    test('is the same request whenever it is made', () => {
      expect(request()).toEqual(request());
    });

    test('stays small, however much there is to say', () => {
      const long = 'x'.repeat(100_000);
      expect(request({ kind: 'failed', because: long, subject: long }).body.length).toBeLessThan(4_000);
    });

    test('holds no secret in its body', () => {
      for (const secret of Object.values(secrets)) expect(request().body).not.toContain(secret);
    });
  });

  describe(`a receiver of ${kind.kind}`, () => {
    test('that never answers costs no more than the time it is given', async () => {
      const receiver = await open(() => undefined);
      expect(await sendTo(receiver.url, 200)).toEqual({ kind: 'no-answer', because: 'no answer within 0.2 s' });
    });

    test('that answers without end is read no further than needed', async () => {
      const receiver = await open((response) => {
        const more = () => {
          while (response.write('y'.repeat(1_000)));
        };
        response.on('drain', more);
        more();
      });
      const answer = await sendTo(receiver.url);
      expect(answer.kind === 'answered' && answer.text.length).toBe(300);
    });

    test('that redirects is not followed', async () => {
      const elsewhere = await open();
      const receiver = await open((response) => void response.writeHead(307, { location: elsewhere.url }).end());
      expect(await sendTo(receiver.url)).toMatchObject({ status: 307 });
      expect(elsewhere.got).toEqual([]);
    });

    test('that is not there is a reason without an address', async () => {
      const receiver = await openReceiver();
      await receiver.close();
      expect(await sendTo(receiver.url)).toEqual({ kind: 'no-answer', because: 'no answer (ECONNREFUSED)' });
    });

    test('that repeats what it was sent tells on no secret', async () => {
      const words = Object.values(secrets).join(' ');
      const receiver = await open((response, got) => void response.writeHead(400).end(`bad: ${got.path}\n${words}`));
      expect(await sendTo(receiver.url)).toMatchObject({
        text: ['bad: •••', ...Object.values(secrets).map(() => '•••')].join(' '),
      });
    });

    test.each(['ftp://127.0.0.1/x', 'file:///etc/passwd', 'slack'])('at %s is asked nothing', async (url) => {
      expect(await sendTo(url)).toEqual({ kind: 'no-answer', because: 'the secret of its url is no http(s) address' });
    });

    test('is left at once when the sending is cut off', async () => {
      const receiver = await open(() => undefined);
      const cut = new AbortController();
      const sending = sendTo(receiver.url, 60_000, cut.signal);
      await receiver.has(1);
      cut.abort(new Error('cut off'));
      await expect(sending).rejects.toThrow('cut off');
    });

    test('leaves no connection open', async () => {
      let open = 0;
      const receiver = await openReceiver((response) => {
        open++;
        response.req.socket.on('close', () => open--);
        response.end('ok');
      });
      receivers.push(receiver);
      await sendTo(receiver.url);
      await waitFor(
        'the end of the connection',
        async () => (open === 0 ? { done: true } : { because: 'it is open' }),
        {
          deadlineMs: 5_000,
          everyMs: 5,
        },
      );
    });
  });
};
