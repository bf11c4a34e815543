import { createHash } from 'node:crypto';
import { Failure } from '@plumbline/contract/failure';

/**
 * JSON of which there is one form only, after RFC 8785: keys sorted by UTF-16 code units, numbers as ECMAScript writes
 * them, no spaces. What JSON would drop or change silently (undefined, NaN, a Date, a lone surrogate …) is an error.
 */
export const canonicalJson = (value: unknown): string => write(value, '$');

/** 64 hexadecimal digits. */
export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

const write = (value: unknown, where: string): string => {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return writeNumber(value, where);
  if (typeof value === 'string') return writeString(value, where);
  if (Array.isArray(value)) return `[${Array.from(value, (item, at) => write(item, `${where}[${at}]`)).join(',')}]`;
  if (isPlain(value)) return writeObject(value, where);
  return refuse(where, typeof value === 'object' ? `a ${value.constructor.name}` : `${typeof value}`);
};

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> => {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

const writeNumber = (value: number, where: string): string =>
  Number.isFinite(value) ? JSON.stringify(value) : refuse(where, String(value));

const writeString = (value: string, where: string): string =>
  /\p{Surrogate}/u.test(value) ? refuse(where, 'half a character') : JSON.stringify(value);

const writeObject = (value: Readonly<Record<string, unknown>>, where: string): string => {
  const members = Object.keys(value)
    .toSorted(byCodeUnits)
    .map((key) => `${writeString(key, where)}:${write(value[key], `${where}.${key}`)}`);
  return `{${members.join(',')}}`;
};

const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const refuse = (where: string, what: string): never => {
  throw new Failure('bug', `${where} is ${what}, which has no place in canonical JSON.`);
};
