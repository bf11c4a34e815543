import type { IncomingMessage, ServerResponse } from 'node:http';
import { createPage, type Page } from './catalogue.ts';
import { chooseEncoding } from './encoding.ts';
import { indexPageOf } from './index-page.ts';

const IMMUTABLE = 'public, max-age=31536000, immutable';
const REVALIDATED = 'no-cache';
const NEVER_KEPT = 'no-store';

const SECURITY = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
};

export interface SiteOrigin {
  readonly catalogue: ReadonlyMap<string, Page>;
  readonly release: string | undefined;
  /** Answered at /version.json and /settings.json: known when the process starts, not when the page is built. */
  readonly version: object;
  readonly settings: object;
  readonly isDraining: () => boolean;
}

type Answer = { readonly page: Page; readonly keep: string; readonly status?: number };

/** Answers requests for the pages of one release. */
export async function createSite(
  origin: SiteOrigin,
): Promise<(request: IncomingMessage, response: ServerResponse) => void> {
  const assetsPath = origin.release ? `/assets/${origin.release}/` : '/assets/';
  const built = origin.catalogue.get('/index.html');
  if (!built) throw new Error('dist/index.html is not there; run npm run build first');

  const index: Answer = { page: await indexPageOf(built, assetsPath), keep: REVALIDATED };
  const told = new Map<string, Answer>([
    ['/version.json', { page: json(origin.version), keep: NEVER_KEPT }],
    ['/settings.json', { page: json(origin.settings), keep: NEVER_KEPT }],
    ['/index.html', index],
  ]);

  const find = (path: string): Answer => {
    if (path === '/healthz') return health(origin.isDraining());
    if (path.startsWith('/assets/')) return asset(origin.catalogue, path, assetsPath);
    const page = origin.catalogue.get(path);
    return told.get(path) ?? (page ? { page, keep: REVALIDATED } : isClientRoute(path) ? index : missing);
  };

  return (request, response) => {
    if (origin.isDraining()) response.setHeader('connection', 'close');
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
    const path = request.url?.split('?', 1)[0] ?? '/';
    send(request, response, find(path)).catch((error: unknown) => response.destroy(asError(error)));
  };
}

// A missing script must never be a page: the browser would fail on it, and caches would keep it.
function asset(catalogue: ReadonlyMap<string, Page>, path: string, assetsPath: string): Answer {
  const page = path.startsWith(assetsPath) ? catalogue.get(`/assets/${path.slice(assetsPath.length)}`) : undefined;
  return page ? { page, keep: IMMUTABLE } : missing;
}

// The pages' own addresses have no file extension; what belongs to the API is not ours, even if it comes here by mistake.
const isClientRoute = (path: string) => !/\.[^/]*$/.test(path) && !/^\/api(\/|$)/.test(path);

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  { page, keep, status = 200 }: Answer,
): Promise<void> {
  const encoding = chooseEncoding(header(request, 'accept-encoding'), page.encodings);
  const tag = `"${page.tag}-${encoding}"`;
  const headers = { ...SECURITY, 'cache-control': keep, 'content-type': page.type, etag: tag, vary: 'accept-encoding' };
  if (status === 200 && header(request, 'if-none-match')?.includes(tag))
    return void response.writeHead(304, headers).end();
  const bytes = await page.bytes(encoding);
  if (encoding !== 'identity') response.setHeader('content-encoding', encoding);
  response.writeHead(status, { ...headers, 'content-length': bytes.length });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

function header(request: IncomingMessage, name: 'accept-encoding' | 'if-none-match'): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}

const json = (value: object) => createPage('.json', Buffer.from(`${JSON.stringify(value)}\n`));
const text = (value: string) => createPage('.txt', Buffer.from(`${value}\n`));
const asError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)));

const missing: Answer = { page: text('There is nothing here.'), keep: NEVER_KEPT, status: 404 };

const health = (isDraining: boolean): Answer =>
  isDraining ? { page: text('draining'), keep: NEVER_KEPT, status: 503 } : { page: text('ok'), keep: NEVER_KEPT };
