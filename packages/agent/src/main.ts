import { realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { AgentAddress } from '@plumbline/contract/agent';
import { Failure } from '@plumbline/contract/failure';
import { type Agent, type AgentOptions, openAgent } from './agent.ts';
import { routesOf } from './api/routes.ts';
import { serveApi } from './api/server.ts';
import { eraseHome } from './erase.ts';
import { writeJson } from './home/durable-file.ts';
import { removeSocketFolder, socketPath } from './home/socket-path.ts';
import { openLog } from './log.ts';

const usage = `Usage: node main.js --home DIR [--port N]   runs the agent of a home until SIGTERM, SIGINT or POST /stop
       node main.js --home DIR --erase      removes a home whose agent does not run, with its databases`;

/** How long requests may take to end when a signal stops the agent, in milliseconds. */
const drainWithinMs = 30_000;

/** Runs an agent until the signal or a request to stop; resolves when all of it is stopped and its address is gone. */
export const runAgent = async (options: AgentOptions, signal: AbortSignal): Promise<void> => {
  const agent = await openAgent(options);
  let stop: (withinMs: number) => void = () => undefined;
  const asked = new Promise<number>((resolve) => {
    stop = resolve;
  });
  signal.addEventListener('abort', () => stop(drainWithinMs), { once: true });
  if (signal.aborted) stop(drainWithinMs);

  const addressFile = path.join(agent.home, 'agent.json');
  const socket = await socketPath(agent.home);
  const server = await serveApi({ socket, routes: routesOf(agent), stop, log: agent.log });
  await tellAddress(agent, socket, addressFile);
  agent.log('info', 'the agent listens', { pid: process.pid, port: agent.status().routerPort, socket });

  const withinMs = await asked;
  agent.log('info', 'the agent stops', { withinMs });
  await agent.stop(withinMs, async () => {
    await server.close();
    await rm(addressFile, { force: true });
    await removeSocketFolder(agent.home, socket);
  });
};

/** Writes where the agent is reached, and writes it anew when an environment gets a port. */
const tellAddress = async (agent: Agent, socket: string, file: string): Promise<void> => {
  const write = () => {
    const { pid, startedAt, routerPort } = agent.status();
    const address: AgentAddress = {
      socket,
      pid,
      startedAt,
      routerPort,
      plainPorts: agent.plainPorts(),
      notes: [...agent.notes()],
    };
    return writeJson(file, address);
  };
  agent.onPorts(() => {
    write().catch((error: unknown) =>
      agent.log('error', 'the address cannot be written', { file, error: String(error) }),
    );
  });
  await write();
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: { home: { type: 'string' }, port: { type: 'string' }, erase: { type: 'boolean', default: false } },
  });
  if (values.home === undefined) throw new Failure('bad-input', `--home is missing\n${usage}`);
  const home = path.resolve(values.home);
  if (values.erase) return eraseHome(home);
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port < 65_536))
    throw new Failure('bad-input', `--port ${values.port} is no port\n${usage}`);
  surviveBugs(home);
  await runAgent({ home, port }, untilSignal());
};

/** An error that nobody caught is a bug of one request or replica; ending the process would make it an outage of all. */
const surviveBugs = (home: string): void => {
  const log = openLog(path.join(home, 'agent.log'));
  const tell = (error: unknown) => log('error', 'a bug: nobody caught this error', { error: describe(error) });
  process.on('uncaughtException', tell);
  process.on('unhandledRejection', tell);
};

const untilSignal = (): AbortSignal => {
  const stopping = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => stopping.abort());
  // Its terminal may close: the agent is to outlive that.
  process.on('SIGHUP', () => undefined);
  return stopping.signal;
};

const describe = (error: unknown): string => {
  if (error instanceof Failure) return error.hint ? `${error.message}\n${error.hint}` : error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
};

const isStartedAsProgram =
  process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url);

if (isStartedAsProgram)
  main().then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${describe(error)}\n`);
      process.exit(error instanceof Failure && error.code === 'bad-input' ? 2 : 1);
    },
  );
