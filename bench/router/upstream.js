// @ts-check
import net from 'node:net';

/** As little work as a server can do, so that what is measured is the proxy: one answer, written out beforehand. */
const body = JSON.stringify({
  projects: Array.from({ length: 12 }, (_, id) => ({ id, name: `Project ${id}`, status: 'open' })),
});
const answer = Buffer.from(
  [
    'HTTP/1.1 200 OK',
    'Content-Type: application/json; charset=utf-8',
    'Cache-Control: private, no-cache',
    'ETag: "3f-aX9Zk1"',
    `Date: ${new Date().toUTCString()}`,
    `Content-Length: ${body.length}`,
    'Connection: keep-alive',
    `\r\n${body}`,
  ].join('\r\n'),
);

const server = net.createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => socket.destroy());
  // Requests without a body end with an empty line; a head fits a packet here.
  socket.on('data', (chunk) => {
    if (chunk.includes('\r\n\r\n')) socket.write(answer);
  });
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: /** @type {net.AddressInfo} */ (server.address()).port }));
process.on('disconnect', () => process.exit());
