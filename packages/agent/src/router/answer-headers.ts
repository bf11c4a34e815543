import type { ReleaseId } from '@plumbline/contract/names';
import { nominatedBy } from './forwarded-headers.ts';

/** A replica's answer's head, as the client gets it. */
export interface AnswerHead {
  /** Names and values in turn. */
  readonly headers: string[];
  readonly contentLength: number | null;
  readonly isEventStream: boolean;
  readonly isEncoded: boolean;
}

const notAnswered = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'trailer',
  'x-plumbline-release',
]);

export const answerHead = (
  raw: readonly (Buffer | string)[],
  release: ReleaseId,
  setCookie: string | undefined,
): AnswerHead => {
  const headers: string[] = [];
  let contentLength: number | null = null;
  let isEventStream = false;
  let isEncoded = false;
  let connection: string | undefined;
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = text(raw[at]);
    const lower = name.toLowerCase();
    if (lower === 'connection') connection = text(raw[at + 1]);
    if (notAnswered.has(lower)) continue;
    const value = text(raw[at + 1]);
    if (lower === 'content-length') contentLength = Number(value);
    else if (lower === 'content-type') isEventStream = value.startsWith('text/event-stream');
    else if (lower === 'content-encoding') isEncoded = value !== 'identity';
    headers.push(name, value);
  }
  headers.push('x-plumbline-release', release);
  if (setCookie !== undefined) headers.push('set-cookie', setCookie);
  return { headers: withoutNominated(headers, connection), contentLength, isEventStream, isEncoded };
};

const text = (part: Buffer | string | undefined): string =>
  typeof part === 'string' ? part : (part?.toString('latin1') ?? '');

/** Seldom: `connection` nearly always says `keep-alive` or `close`. */
const withoutNominated = (headers: string[], connection: string | undefined): string[] => {
  const nominated = nominatedBy(connection?.toLowerCase());
  if (nominated === null) return headers;
  const kept: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const [name, value] = [headers[at] ?? '', headers[at + 1] ?? ''];
    if (!nominated.includes(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
};
