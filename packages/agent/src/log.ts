import { appendFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { errorCode } from './home/storage-failure.ts';

export type Level = 'info' | 'warn' | 'error';
export type Fields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Says one event: a short constant sentence, and fields. */
export type Log = (level: Level, event: string, fields?: Fields) => void;

const maxBytes = 5_000_000;

/** The agent's own log, as lines of JSON, kept to two files of 5 MB. */
export const openLog = (file: string): Log => {
  let mute = false;
  return (level, event, fields = {}) => {
    try {
      rotate(file);
      appendFileSync(
        file,
        `${JSON.stringify({ timestamp: new Date().toISOString(), level, message: event, ...fields })}\n`,
        {
          mode: 0o600,
        },
      );
      mute = false;
    } catch (error) {
      // The log is the one place that cannot tell its trouble there: a full disk must not stop the agent.
      if (!mute) process.stderr.write(`${file} cannot be written: ${errorCode(error) ?? String(error)}\n`);
      mute = true;
    }
  };
};

const rotate = (file: string): void => {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size < maxBytes) return;
  rmSync(`${file}.1`, { force: true });
  renameSync(file, `${file}.1`);
};
