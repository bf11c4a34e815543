import winston from 'winston';
import { currentRequest } from './current-request.ts';
import { redact } from './redact.ts';

/** Fields of a log line beside its sentence. */
export type Fields = Readonly<Record<string, unknown>>;

/** Writes lines of JSON to stdout: one constant sentence, and fields. */
export interface Log {
  error(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  debug(message: string, fields?: Fields): void;
}

export interface LogOrigin {
  readonly level: string;
  readonly environment: string;
  readonly release: string | undefined;
  readonly out?: NodeJS.WritableStream;
}

/** Where winston's transports look for the level. */
const LEVEL = Symbol.for('level');

export function createLog(origin: LogOrigin): Log {
  const { environment, release, out = process.stdout } = origin;
  const line = winston.format((info) => {
    const { level, message, ...fields } = info;
    // A line of its own: what redact leaves out would stay in the one that came.
    return {
      [LEVEL]: level,
      ...redact(fields),
      timestamp: new Date().toISOString(),
      level,
      message,
      service: 'backend',
      environment,
      release,
      requestId: currentRequest()?.requestId,
    };
  });
  const logger = winston.createLogger({
    level: origin.level,
    format: winston.format.combine(line(), winston.format.json()),
    transports: [new winston.transports.Stream({ stream: out })],
  });
  return {
    error: (message, fields = {}) => void logger.error(message, fields),
    warn: (message, fields = {}) => void logger.warn(message, fields),
    info: (message, fields = {}) => void logger.info(message, fields),
    debug: (message, fields = {}) => void logger.debug(message, fields),
  };
}
