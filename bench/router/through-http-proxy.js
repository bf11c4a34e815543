// @ts-check
import http from 'node:http';
import httpProxy from 'http-proxy';

/** http-proxy as its documentation would have it for speed: an agent that keeps connections. Argument: the upstream's port. */
const proxy = httpProxy.createProxyServer({
  target: `http://127.0.0.1:${process.argv[2]}`,
  agent: new http.Agent({ keepAlive: true, maxSockets: 256 }),
  xfwd: true,
});
proxy.on('error', (_error, _request, response) => {
  response.end();
});
const server = http.createServer((request, response) => proxy.web(request, response));
server.listen(0, '127.0.0.1', () =>
  process.send?.({ port: /** @type {import('node:net').AddressInfo} */ (server.address()).port }),
);
process.on('disconnect', () => process.exit());
