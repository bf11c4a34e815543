import { Agent, errors, request } from 'undici';
import { withoutSecrets } from '../kernel/log.ts';
import type { Secret } from '../kernel/secret.ts';
import type { Answer } from './next-attempt.ts';
import type { NotifierRequest } from './notifiers/notifier.ts';

export interface Post extends NotifierRequest {
  /** The notice's id, the same in every attempt. */
  readonly id: string;
  readonly url: Secret;
  /** Whatever an answer may not tell on. */
  readonly secrets: readonly Secret[];
  /** Default 10 s, for everything together. */
  readonly withinMs?: number;
}

/** The most that an attempt may take, in milliseconds. */
export const postWithinMs = 10_000;

const answerBytesRead = 4_096;
const wordsKept = 300;

/**
 * Posts once and reads the beginning of the answer. Follows no redirect: where to is a secret that somebody has set, and
 * not for a receiver to change. Rejects only when the signal fires.
 */
export const post = async (one: Post, signal: AbortSignal): Promise<Answer> => {
  const address = addressOf(one.url);
  // Asked again later: the secret may be set right meanwhile.
  if (address === null) return { kind: 'no-answer', because: 'the secret of its url is no http(s) address' };
  const { withinMs = postWithinMs } = one;
  const deadline = AbortSignal.timeout(withinMs);
  const agent = new Agent({ connect: { timeout: withinMs }, pipelining: 0 });
  try {
    return await ask(agent, address, one, AbortSignal.any([signal, deadline]));
  } catch (error) {
    signal.throwIfAborted();
    if (deadline.aborted) return { kind: 'no-answer', because: `no answer within ${withinMs / 1_000} s` };
    return { kind: 'no-answer', because: `no answer (${reasonOf(error)})` };
  } finally {
    await agent.destroy();
  }
};

const ask = async (agent: Agent, address: URL, one: Post, signal: AbortSignal): Promise<Answer> => {
  const { statusCode, headers, body } = await request(address, {
    method: 'POST',
    dispatcher: agent,
    signal,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'plumbline',
      'idempotency-key': one.id,
      ...one.headers,
    },
    body: one.body,
  });
  const text = await beginningOf(body);
  const retryAfter = headers['retry-after'];
  return {
    kind: 'answered',
    status: statusCode,
    text: harmless(text, [one.url, ...one.secrets]),
    retryAfter: typeof retryAfter === 'string' ? retryAfter : null,
  };
};

const addressOf = (url: Secret): URL | null => {
  if (!URL.canParse(url.reveal())) return null;
  const address = new URL(url.reveal());
  return address.protocol === 'http:' || address.protocol === 'https:' ? address : null;
};

const beginningOf = async (body: AsyncIterable<Uint8Array>): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= answerBytesRead) break;
  }
  return Buffer.concat(chunks).subarray(0, answerBytesRead).toString('utf8');
};

/** One short line, without what must not be told: a receiver may repeat what it was sent. */
const harmless = (text: string, secrets: readonly Secret[]): string => {
  const hidden = secrets.flatMap((secret) => [secret.reveal(), ...partsOf(secret)]).filter((word) => word.length > 3);
  const told = hidden.reduce((rest, word) => rest.replaceAll(word, '•••'), text);
  return withoutSecrets(told)
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, wordsKept);
};

const partsOf = (secret: Secret): readonly string[] => {
  const address = addressOf(secret);
  return address ? [address.href, `${address.pathname}${address.search}`, address.pathname, address.search] : [];
};

/** The system's code alone: messages of errors hold addresses. */
const reasonOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (error instanceof errors.UndiciError) return error.code;
  return error instanceof Error && 'code' in error ? String(error.code) : 'it broke off';
};
