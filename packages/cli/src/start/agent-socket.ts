import { join } from 'node:path';
import { type AgentStatus, agentAddress, agentStatus } from '@plumbline/contract/agent';
import { Client } from 'undici';
import { readIfThere } from '../connection.ts';

const answerWithinMs = 5_000;

/** What the agent of a home says of itself; null when none answers. */
export const askAgent = async (home: string): Promise<AgentStatus | null> => {
  const answer = await callAgent(home, { method: 'GET', path: '/' });
  return answer === null || answer.status !== 200 ? null : agentStatus.parse(JSON.parse(answer.text));
};

/** Tells the agent to drain and stop everything; false when none answers. */
export const tellAgentToStop = async (home: string, drainWithinMs: number): Promise<boolean> =>
  (await callAgent(home, { method: 'POST', path: '/stop', body: JSON.stringify({ drainWithinMs }) })) !== null;

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
}

const callAgent = async (home: string, call: Call): Promise<{ status: number; text: string } | null> => {
  const address = await readIfThere(join(home, 'agent.json'));
  if (address === null) return null;
  const { socket } = agentAddress.parse(JSON.parse(address));
  const client = new Client('http://agent', { socketPath: socket, headersTimeout: answerWithinMs });
  try {
    const answer = await client.request({ ...call, headers: { 'content-type': 'application/json' } });
    return { status: answer.statusCode, text: await answer.body.text() };
  } catch (error) {
    if (isAway(error)) return null;
    throw error;
  } finally {
    await client.destroy();
  }
};

/** No agent, or one that ends right now or does not answer. */
const isAway = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^(ENOENT|ECONN|EPIPE|UND_ERR_)/.test(String(error.code));
