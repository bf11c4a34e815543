import { execa } from 'execa';
import { request } from 'undici';
import { afterEach, expect, test } from 'vitest';
import { checkoutOf } from './station/checkout.ts';
import { openStation, type Station } from './station/station.ts';
import { shipped } from './station/waiting.ts';

let station: Station | undefined;
afterEach(async () => {
  await station?.close();
  station = undefined;
}, 60_000);

const deliver = async (files: Readonly<Record<string, string>>): Promise<string> => {
  station = await openStation((folder) => checkoutOf(folder, files));
  expect(await shipped(station)).toMatchObject({ state: 'succeeded' });
  const { environments } = await station.client.call('status', {});
  expect(environments).toMatchObject([{ health: 'healthy' }]);
  return environments[0]?.addresses?.plain ?? '';
};

const textAt = async (url: string): Promise<string> => (await request(url)).body.text();

const python = await execa('python3', ['--version'], { reject: false });

test.skipIf(python.exitCode !== 0)(
  'an app in Python, with a bucket and a migration command of its own, without a database and a version path (needs python3)',
  async () => {
    const address = await deliver({
      'plumbline.yaml': `app: notes
path: [live]
services:
  notes:
    start: [python3, notes.py]
    route: /
    health: /health
    needs: [shelf]
    variables: { GREETING: hello }
stores:
  shelf: { kind: bucket, as: SHELF }
migrations: { service: notes, kind: command, run: [python3, migrate.py] }
`,
      'environments/live.yaml': 'environment: live\napprovals: { count: 0 }\nlocal: { replicas: 1, bake: 0s }\n',
      'migrate.py': `import os, pathlib
shelf = pathlib.Path(os.environ["SHELF"])
(shelf / "schema").write_text("1")
`,
      'notes.py': `import http.server, os, pathlib
schema = (pathlib.Path(os.environ["SHELF"]) / "schema").read_text()
class Notes(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = f"{os.environ['GREETING']}, schema {schema}".encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Notes).serve_forever()
`,
    });
    expect(await textAt(`${address}/`)).toBe('hello, schema 1');
  },
  180_000,
);

test('an app that is one file, described in the least words', async () => {
  const address = await deliver({
    'plumbline.yaml':
      'app: hello\npath: [live]\nservices:\n  web: { start: [node, server.mjs], route: /, health: / }\n',
    'environments/live.yaml': 'environment: live\napprovals: { count: 0 }\nlocal: { bake: 0s }\n',
    'server.mjs': `import { createServer } from 'node:http';
createServer((_, response) => response.end('hello')).listen(process.env.PORT, '127.0.0.1');
`,
  });
  expect(await textAt(`${address}/`)).toBe('hello');
}, 180_000);

test('a worker beside a service runs once the release is stable, with a database that both are given', async () => {
  const address = await deliver({
    'plumbline.yaml': `app: jobs
path: [live]
services:
  web: { start: [node, web.mjs], route: /, health: /, needs: [database] }
  clerk: { start: [node, clerk.mjs], needs: [shelf] }
stores:
  database: { kind: postgres, version: 15, as: DATABASE_URL }
  shelf: { kind: bucket, as: SHELF }
`,
    'environments/live.yaml': 'environment: live\napprovals: { count: 0 }\nlocal: { replicas: 1, bake: 0s }\n',
    'web.mjs': `import { createServer } from 'node:http';
createServer((_, response) => response.end(new URL(process.env.DATABASE_URL).protocol)).listen(process.env.PORT, '127.0.0.1');
`,
    'clerk.mjs': `import { appendFileSync } from 'node:fs';
setInterval(() => appendFileSync(process.env.SHELF + '/ledger', 'worked\\n'), 100);
`,
  });
  expect(await textAt(`${address}/`)).toBe('postgresql:');
}, 180_000);
