import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { createLog } from '../src/logging/log.ts';
import { createMetrics } from '../src/metrics/metrics.ts';
import { ask, startReplica } from './replica.ts';
import { until } from './until.ts';

test('requests, their durations and the pool are sent to the agent, tagged by route and not by address', async () => {
  const { port, received } = await startAgent();
  const origin = { agentHost: '127.0.0.1', agentPort: port, environment: 'test', version: '2.0.0' };
  const { url } = await startReplica({ metrics: (log) => createMetrics(origin, log) });
  await ask(url, 'GET', '/api/projects/3f0e0a3e-5f0b-4c2e-8a51-0a3c3d6f7b10');
  await until('the request is counted', () => received().some((line) => line.startsWith('connect2.api.requests:1|c')));
  await until('its duration is sent', () => received().some((line) => line.startsWith('connect2.api.response_time:')));

  const [counted] = received().filter((line) => line.startsWith('connect2.api.requests'));
  for (const tag of ['env:test', 'service:connect2-backend', 'version:2.0.0', 'status:401', 'route:/api/projects/']) {
    expect(counted).toContain(tag);
  }
  expect(counted).not.toContain('3f0e0a3e');
});

test('the pool is a gauge', async () => {
  const { port, received } = await startAgent();
  const log = createLog({ level: 'error', environment: 'test', release: undefined, out: new PassThrough() });
  const metrics = createMetrics({ agentHost: '127.0.0.1', agentPort: port, environment: 'test', version: '2' }, log);
  metrics.poolConnections(7);
  await until('it has come', () => received().some((line) => line.startsWith('connect2.db.pool.connections:7|g')));
  await metrics.close();
});

async function startAgent() {
  const socket = createSocket('udp4');
  const lines: string[] = [];
  socket.on('message', (message) => lines.push(...String(message).split('\n')));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  return { port: socket.address().port, received: () => lines };
}
