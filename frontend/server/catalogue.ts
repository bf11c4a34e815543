import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};
const COMPRESSED_ALREADY = ['.ico', '.png', '.webp', '.woff2'];
const WORTH_COMPRESSING_BYTES = 1_000;

export type Encoding = 'br' | 'gzip' | 'identity';

/** One file as it is sent: its type, its tag, and its bytes in the encoding that a client takes. */
export interface Page {
  readonly type: string;
  readonly tag: string;
  readonly encodings: readonly Encoding[];
  readonly bytes: (encoding: Encoding) => Promise<Buffer>;
}

/**
 * The built files by their path, read into memory once: they are few and small, a request can name nothing else, and a
 * release keeps serving what it started with. What the build keeps for the server itself is left out.
 */
export function readCatalogue(folder: string): ReadonlyMap<string, Page> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = files.map((file) => relative(folder, join(file.parentPath, file.name)).split(sep).join('/'));
  const served = names.filter((name) => !name.startsWith('server/') && name !== 'build.json');
  return new Map(served.map((name) => [`/${name}`, createPage(extname(name), readFileSync(join(folder, name)))]));
}

export function createPage(extension: string, content: Buffer): Page {
  const compresses = !COMPRESSED_ALREADY.includes(extension) && content.length >= WORTH_COMPRESSING_BYTES;
  const compressed = new Map<Encoding, Promise<Buffer>>();
  return {
    type: TYPES[extension] ?? 'application/octet-stream',
    tag: createHash('sha256').update(content).digest('base64url').slice(0, 27),
    encodings: compresses ? ['br', 'gzip', 'identity'] : ['identity'],
    bytes: (encoding) => {
      const known = compressed.get(encoding) ?? compress(encoding, content);
      compressed.set(encoding, known);
      return known;
    },
  };
}

async function compress(encoding: Encoding, content: Buffer): Promise<Buffer> {
  switch (encoding) {
    case 'br':
      return promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
    case 'gzip':
      return promisify(gzip)(content);
    case 'identity':
      return content;
    default:
      return encoding satisfies never;
  }
}
