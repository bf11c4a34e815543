import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AgentStatus, agentStatus, type DatabaseAddress, databaseAddress } from '@plumbline/contract/agent';
import { Failure } from '@plumbline/contract/failure';
import { type ProblemCode, problemSchema, problems } from '@plumbline/contract/problem';
import { Client, type Dispatcher, errors } from 'undici';
import { z } from 'zod';

/** JSON over the agent's Unix socket. The socket is looked up for each request, since an agent that came back has a new one. */
export interface AgentClient {
  ask<T>(request: AgentRequest, reply: z.ZodType<T>): Promise<T>;
  /** Newline-delimited JSON, one value at a time. */
  stream<T>(request: AgentRequest, line: z.ZodType<T>): AsyncGenerator<T>;
  status(signal: AbortSignal): Promise<AgentStatus>;
  /** Makes a database exist and run, and waits until it answers. */
  database(name: string, signal: AbortSignal): Promise<DatabaseAddress>;
}

export interface AgentRequest {
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  readonly signal: AbortSignal;
  /** How long the agent may take to begin its answer, in milliseconds. Default 60,000: starting a database takes its time. */
  readonly withinMs?: number;
}

const address = z.object({ socket: z.string() });

/** A client of the agent that keeps its state in `home`. Fails with `agent-unreachable` while there is none. */
export const agentClient = (home: string): AgentClient => {
  const ask = async <T>(request: AgentRequest, reply: z.ZodType<T>): Promise<T> => {
    const { client, response } = await open(home, request);
    try {
      const text = await response.body.text();
      if (response.statusCode >= 400) throw failureOf(text, response.statusCode);
      return reply.parse(text === '' ? null : JSON.parse(text));
    } catch (error) {
      throw asUnreachable(error, home);
    } finally {
      await client.destroy();
    }
  };
  return {
    ask,
    stream: (request, line) => streamed(home, request, line),
    status: (signal) => ask({ method: 'GET', path: '/', signal }, agentStatus),
    database: (name, signal) =>
      ask({ method: 'PUT', path: `/databases/${name}`, body: { name }, signal }, databaseAddress),
  };
};

interface Opened {
  readonly client: Client;
  readonly response: Dispatcher.ResponseData;
}

const open = async (home: string, request: AgentRequest): Promise<Opened> => {
  const client = new Client('http://agent', { socketPath: await socketOf(home) });
  try {
    const response = await client.request({
      method: request.method,
      path: request.path,
      signal: request.signal,
      headersTimeout: request.withinMs ?? 60_000,
      bodyTimeout: 0,
      ...(request.body === undefined
        ? {}
        : { body: JSON.stringify(request.body), headers: { 'content-type': 'application/json' } }),
    });
    return { client, response };
  } catch (error) {
    await client.destroy();
    throw asUnreachable(error, home);
  }
};

async function* streamed<T>(home: string, request: AgentRequest, line: z.ZodType<T>): AsyncGenerator<T> {
  const { client, response } = await open(home, request);
  try {
    if (response.statusCode >= 400) throw failureOf(await response.body.text(), response.statusCode);
    let rest = '';
    for await (const chunk of response.body.setEncoding('utf8')) {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      for (const text of lines) if (text !== '') yield line.parse(JSON.parse(text));
    }
  } finally {
    await client.destroy();
  }
}

const socketOf = async (home: string): Promise<string> => {
  const path = join(home, 'agent.json');
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw unreachable(home, cause);
  });
  return address.parse(JSON.parse(text)).socket;
};

const isProblemCode = (type: string): type is ProblemCode => type in problems;

const failureOf = (text: string, status: number): Failure => {
  const problem = problemSchema.safeParse(asJson(text));
  if (!problem.success) return new Failure('bug', `the agent answered ${status}: ${text.slice(0, 200)}`);
  const { type, detail, hint } = problem.data;
  return new Failure(isProblemCode(type) ? type : 'bug', detail, hint === undefined ? {} : { hint });
};

const asJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is no problem document: the caller shows the text itself.
    return text;
  }
};

const unreachable = (home: string, cause: unknown): Failure =>
  new Failure('agent-unreachable', `the agent of ${home} does not answer`, {
    cause,
    hint: 'npm start (or plumb start) starts it and brings it back when it dies',
  });

const gone = new Set([
  'ENOENT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
]);

const asUnreachable = (error: unknown, home: string): unknown =>
  error instanceof errors.UndiciError || (error instanceof Error && 'code' in error && gone.has(String(error.code)))
    ? error instanceof errors.RequestAbortedError
      ? error
      : unreachable(home, error)
    : error;
