// An agent with nothing to run, called and asked like the real one, for tests of what supervises it.

import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { home: { type: 'string', default: '.' } } });
const { home } = values;
const socket = join(home, 'agent.sock');
const startedAt = Date.now();
const server = createServer((request, response) => {
  if (request.url === '/stop') return response.writeHead(202).end(end);
  return response.end(
    JSON.stringify({ pid: process.pid, startedAt, home, routerPort: 1, environments: [], databases: [] }),
  );
});
const end = (): void => {
  rmSync(join(home, 'agent.json'), { force: true });
  process.exit(0);
};
process.on('SIGTERM', end);
rmSync(socket, { force: true });
server.listen(socket, () => {
  const address = { socket, pid: process.pid, startedAt, routerPort: 1, plainPorts: {}, notes: [] };
  writeFileSync(join(home, 'agent.json'), JSON.stringify(address));
});
