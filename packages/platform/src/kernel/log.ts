import { Failure } from '@plumbline/contract/failure';

export const levels = ['debug', 'info', 'warn', 'error'] as const;
export type Level = (typeof levels)[number];

export type Fields = Readonly<Record<string, unknown>>;

/** Events: a short constant sentence, and fields for what varies. */
export interface Log {
  debug(event: string, fields?: Fields): void;
  info(event: string, fields?: Fields): void;
  warn(event: string, fields?: Fields): void;
  error(event: string, fields?: Fields): void;
  /** The same log with these fields in every event. */
  with(fields: Fields): Log;
}

export interface LogOptions {
  /** Events below it are dropped. Default info. */
  readonly level?: Level;
  readonly fields?: Fields;
  /** Takes one line without its end. Default standard error. */
  readonly write?: (line: string) => void;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/** JSON, one object a line: timestamp, level, message, then the fields; what looks like a secret prints as •••. */
export const openLog = (options: LogOptions = {}): Log => {
  const { level = 'info', fields: always = {}, write = toStandardError, now = Date.now } = options;
  const lowest = levels.indexOf(level);
  const at =
    (one: Level) =>
    (event: string, fields: Fields = {}) => {
      if (levels.indexOf(one) < lowest) return;
      const timestamp = new Date(now()).toISOString();
      write(toLine({ timestamp, level: one, message: event, ...always, ...fields }));
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    with: (fields) => openLog({ ...options, fields: { ...always, ...fields } }),
  };
};

/** For those who must be given a log and whose words nobody reads. */
export const silentLog: Log = openLog({ write: () => undefined });

const toStandardError = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const toLine = (event: Fields): string => {
  const open: unknown[] = [];
  return JSON.stringify(event, function replace(this: unknown, key, value: unknown) {
    if (typeof value === 'object' && value !== null) {
      // What contains itself would throw; a log never does.
      while (open.length > 0 && open.at(-1) !== this) open.pop();
      if (open.includes(value)) return '(itself)';
      open.push(value);
    }
    return printable(key, value);
  });
};

const secretField = /password|passwd|secret|token|authorization|cookie|credential|api.?key|private.?key/i;

const printable = (field: string, value: unknown): unknown => {
  if (typeof value === 'string') return secretField.test(field) ? '•••' : withoutSecrets(value);
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Error) return describe(value);
  return value;
};

/** Passwords in addresses, bearer tokens, and tokens of ours, wherever they stand in a text. */
export const withoutSecrets = (text: string): string =>
  text
    .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s/:@]*):[^\s/@]+@/gi, '$1:•••@')
    .replace(/\b(bearer|basic)\s+[\w.~+/=-]+/gi, '$1 •••')
    .replace(/\bplumb_([0-9a-z]+)_[\w-]+/g, 'plumb_$1_•••');

const describe = (error: Error): Fields => ({
  name: error.name,
  message: error.message,
  ...(error instanceof Failure ? { code: error.code, hint: error.hint } : { stack: error.stack }),
  ...(error.cause === undefined ? {} : { cause: error.cause }),
});
