// @ts-check
// What the real runs deliver: it answers visitors as its variables say, and tells with each answer who gave it.
import { createServer } from 'node:http';
import { performance } from 'node:perf_hooks';

const { PORT, PLUMBLINE_RELEASE: release, PLUMBLINE_SERVICE: service } = process.env;
/** @param {string} name */
const number = (name) => Number(process.env[name] ?? 0);
const [startMs, takesMs] = [number('START_MS'), number('TAKES_MS')];
const [failsPercent, slowPercent, slowMs] = [number('FAILS_PERCENT'), number('SLOW_PERCENT'), number('SLOW_MS')];
const began = performance.timeOrigin;
let listening = 0;

const server = createServer((request, response) => {
  if (request.url?.endsWith('/health')) return response.end('ready');
  const status = Math.random() * 100 < failsPercent ? 500 : 200;
  const afterMs = Math.random() * 100 < slowPercent ? slowMs : takesMs;
  const answer = JSON.stringify({ release, service, pid: process.pid, began, listening });
  return setTimeout(() => response.writeHead(status).end(answer), afterMs);
});
server.keepAliveTimeout = 75_000;
setTimeout(() => {
  server.listen(Number(PORT), '127.0.0.1', () => {
    listening = performance.timeOrigin + performance.now();
  });
}, startMs);

process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
