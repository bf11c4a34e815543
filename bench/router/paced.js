// @ts-check
import http from 'node:http';

/**
 * Asks at a fixed rate, whatever the answers take, and tells its parent the median time of an answer. Not autocannon:
 * its rate is a burst at the beginning of each second. Arguments: port, seconds, connections, requests a second.
 */
const [port = 0, seconds = 0, connections = 0, rate = 0] = process.argv.slice(2).map(Number);
const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
/** @type {number[]} */
const times = [];

/** @returns {Promise<void>} */
const ask = () =>
  new Promise((resolve, reject) => {
    const asked = performance.now();
    const request = http.get({ port, host: '127.0.0.1', path: '/api/projects?status=open', agent }, (response) => {
      response.resume();
      response.once('end', () => {
        times.push(performance.now() - asked);
        resolve();
      });
    });
    request.once('error', reject);
  });

const started = performance.now();
/** @type {Promise<void>[]} */
const asked = [];
const timer = setInterval(() => {
  const elapsedMs = performance.now() - started;
  if (elapsedMs > seconds * 1_000) clearInterval(timer);
  else while (asked.length < (elapsedMs * rate) / 1_000) asked.push(ask());
}, 1);
await new Promise((resolve) => setTimeout(resolve, seconds * 1_000 + 50));
await Promise.all(asked);
times.sort((one, other) => one - other);
process.send?.({ medianMs: times[Math.floor(times.length / 2)] });
agent.destroy();
