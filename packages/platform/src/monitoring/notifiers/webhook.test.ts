import { readFile } from 'node:fs/promises';
import { notice } from '@plumbline/contract/notice';
import { expect, test } from 'vitest';
import { Secret } from '../../kernel/secret.ts';
import { noticeOf } from '../testing/notices.ts';
import { notifierContract } from './notifier.contract.ts';
import { webhook } from './webhook.ts';

const signing = 'a-secret-of-both-sides';
notifierContract(webhook, { signing });

type IsGenuine = (
  headers: Readonly<Record<string, string>>,
  body: string,
  secret: string,
  nowSeconds: number,
) => boolean;

const documentation = () => readFile(new URL('../../../../../docs/notifications.md', import.meta.url), 'utf8');

/** The receiver's side as the documentation has it. */
const documented = async (): Promise<IsGenuine> => {
  const [, code = ''] = /^```js\n(.*?)^```$/ms.exec(await documentation()) ?? [];
  const module: { isGenuine: IsGenuine } = await import(
    /* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`
  );
  return module.isGenuine;
};

const at = 1_795_000_000;
const made = () => webhook.request({ app: 'shop', notice: noticeOf() }, { signing: new Secret(signing) }, at);

test('the signature is the one that the documentation teaches to verify', async () => {
  const isGenuine = await documented();
  const { headers, body } = made();
  expect(isGenuine(headers, body, signing, at + 10)).toBe(true);
});

test.each<[string, (one: ReturnType<typeof made>) => Parameters<IsGenuine>]>([
  ['another body', ({ headers, body }) => [headers, body.replace('ann', 'eve'), signing, at]],
  ['another time', ({ headers, body }) => [{ ...headers, 'plumbline-timestamp': `${at + 1}` }, body, signing, at]],
  ['another secret', ({ headers, body }) => [headers, body, 'guessed', at]],
  ['no signature', ({ body }) => [{ 'plumbline-timestamp': `${at}` }, body, signing, at]],
  ['an old message', ({ headers, body }) => [headers, body, signing, at + 301]],
])('a receiver refuses %s', async (_, changed) => {
  expect((await documented())(...changed(made()))).toBe(false);
});

test('the body has every key that the documentation shows, and no other', async () => {
  const [, json = ''] = /^```json\n(.*?)^```$/ms.exec(await documentation()) ?? [];
  const shown: Record<string, unknown> = JSON.parse(json);
  const sent: Record<string, unknown> = JSON.parse(made().body);
  expect(Object.keys(sent).sort()).toEqual(Object.keys(shown).sort());
  expect(Object.keys(sent)).toEqual(expect.arrayContaining(Object.keys(notice.shape)));
});
