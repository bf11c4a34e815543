// The in-memory control plane as a process of its own, called like the real one, for tests of what supervises it.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runControlPlane } from '../control-plane.ts';
import { createMemoryPlatform } from './memory-platform.ts';
import { createToken } from './memory-tokens.ts';

const { values } = parseArgs({
  options: { home: { type: 'string', default: '.' }, directory: { type: 'string' }, port: { type: 'string' } },
});
const { home } = values;
const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
const open = async () => {
  const platform = createMemoryPlatform({ stageMs: 5 });
  const tokens = { token: ['person', 'admin'], 'pipeline-token': ['pipeline', 'deployer'] } as const;
  for (const [file, [name, role]] of Object.entries(tokens)) {
    const { token } = createToken(platform.world, { name, role, by: 'plumbline' });
    await writeFile(join(home, file), `${token}\n`, { mode: 0o600 });
  }
  return platform;
};
const port = values.port === undefined ? 0 : Number(values.port);
process.exitCode = await runControlPlane(open, { home, port, instance: 'memory' }, stop.signal);
