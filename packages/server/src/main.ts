import { mkdir, realpath } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Failure } from '@plumbline/contract/failure';
import { openPlatform } from '@plumbline/platform/platform';
import type { ServerOptions } from './app.ts';
import { runControlPlane } from './control-plane.ts';

const usage =
  'Usage: node main.js --home DIR --directory DIR [--port N] [--instance NAME]   runs the control plane until SIGTERM or SIGINT';

/**
 * On a laptop there is one control plane a home, so one name serves: it finds its own unfinished work after a crash. Two
 * that share the work of a home need a name each.
 */
const usualInstance = 'local';

/** Lines like those of the services: timestamp, level, message. */
const logger: ServerOptions['logger'] = {
  level: 'info',
  base: null,
  messageKey: 'message',
  timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
  formatters: { level: (label) => ({ level: label }) },
};

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      home: { type: 'string' },
      directory: { type: 'string' },
      port: { type: 'string' },
      instance: { type: 'string', default: usualInstance },
    },
  });
  const { instance } = values;
  if (values.home === undefined || values.directory === undefined) throw new Failure('bad-input', usage);
  await mkdir(values.home, { recursive: true, mode: 0o700 });
  // The agent knows the home by its real path, and so does whatever is derived from it.
  const home = await realpath(values.home);
  const directory = resolve(values.directory);
  const open = () => openPlatform({ home, directory, person: userInfo().username, instance });
  return runControlPlane(open, { home, port: portOf(values.port), instance, logger }, untilSignal());
};

const portOf = (text: string | undefined): number | null => {
  if (text === undefined) return null;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new Failure('bad-input', `--port ${text} is no port\n${usage}`);
};

const untilSignal = (): AbortSignal => {
  const stopping = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => stopping.abort());
  // Its terminal may close: it is its supervisor who stops it.
  process.on('SIGHUP', () => undefined);
  return stopping.signal;
};

const describe = (error: unknown): string => {
  if (error instanceof Failure) return error.hint ? `${error.message}\n${error.hint}` : error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
};

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${describe(error)}\n`);
    process.exit(error instanceof Failure && error.code === 'bad-input' ? 2 : 1);
  },
);
