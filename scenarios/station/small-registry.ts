import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createSocketServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** An npm registry of one package, at an address that is known while nobody listens there. */
export interface SmallRegistry {
  readonly url: string;
  readonly name: string;
  readonly version: string;
  open(): Promise<void>;
  /** As if the network were gone: nobody listens, and who is connected is cut off. */
  close(): Promise<void>;
}

const name = 'small';
const version = '1.0.0';

export const smallRegistry = async (): Promise<SmallRegistry> => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const tarball = await packed();
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  const dist = { tarball: `${url}${name}/-/${name}-${version}.tgz`, integrity };
  const about = { name, 'dist-tags': { latest: version }, versions: { [version]: { name, version, dist } } };
  let server: Server | undefined;
  return {
    ...{ url, name, version },
    open: async () => {
      server = createServer((request, response) => {
        if (request.url === `/${name}`) response.end(JSON.stringify(about));
        else if (request.url?.endsWith('.tgz')) response.end(tarball);
        else if (request.url?.endsWith('/advisories/bulk')) response.end('{}');
        else response.writeHead(404).end();
      }).listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    close: async () => {
      if (!server) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      server = undefined;
    },
  };
};

const packed = async (): Promise<Buffer> => {
  const folder = await mkdtemp(join(tmpdir(), 'plumb-small-package-'));
  try {
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name, version, main: 'small.js' }));
    await writeFile(join(folder, 'small.js'), "module.exports = 'small';\n");
    await execa('npm', ['pack', '--ignore-scripts'], { cwd: folder });
    return await readFile(join(folder, `${name}-${version}.tgz`));
  } finally {
    await rm(folder, { recursive: true });
  }
};

const freePort = async (): Promise<number> => {
  const server = createSocketServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  server.close();
  await once(server, 'close');
  return address.port;
};
