// A small service that behaves as its neighbour behaviour.json says: what a scenario delivers in place of a real app.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';

const { DATABASE_URL, PORT, PLUMBLINE_RELEASE: release, PLUMBLINE_SERVICE: service } = process.env;
const behaviour = JSON.parse(readFileSync(new URL('behaviour.json', import.meta.url), 'utf8'));
const failsPercent = Math.max(Number(process.env.FAILS_PERCENT), behaviour.failsPercent ?? 0);

if (behaviour.crashes) {
  console.error('cannot find module "left-pad"');
  process.exit(1);
}

/** Whether PostgreSQL is there: it answers the question for TLS with one letter. */
const databaseAnswers = () =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(DATABASE_URL);
    const socket = connect(Number(port), hostname);
    socket.once('connect', () => socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])));
    socket.once('data', () => socket.destroy(resolve(true)));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://shop');
  const answer = (status, body) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  if (pathname === '/health')
    return behaviour.neverReady ? answer(503, { because: 'the stock is being counted' }) : answer(200, { ok: true });
  if (pathname === '/version') return answer(200, { release: behaviour.wrongVersion ? 'r-000000000bad' : release });
  if (DATABASE_URL && !(await databaseAnswers())) return answer(503, { because: 'the database is away' });
  const isVisitors = pathname === '/goods';
  const isFailing = isVisitors && Math.random() * 100 < failsPercent;
  const afterMs = Number(searchParams.get('afterMs') ?? 0) + (isVisitors ? (behaviour.slowMs ?? 0) : 0);
  return setTimeout(() => answer(isFailing ? 500 : 200, { service, release, says: behaviour.says }), afterMs);
});
server.keepAliveTimeout = 75_000;
server.listen(Number(PORT), '127.0.0.1', () => console.log(`listening on ${PORT}`));

process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
