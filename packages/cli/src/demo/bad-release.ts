import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@plumbline/contract/failure';
import { parse } from 'yaml';
import { z } from 'zod';
import { edit } from './edit.ts';
import type { Workshop } from './workshop.ts';

/** What is wrong with the bad release, where its settings let it show. */
export const faults = ['fails-all', 'fails-some', 'slow'] as const;
export type Fault = (typeof faults)[number];

/** Visitors who have logged in meet it; probes and the smoke test do not, so that only watching visitors can find it. */
const source = `import { Server } from 'node:http';

const { FAULT: fault } = process.env;
const isUnlucky = () => fault === 'fails-all' || (fault === 'fails-some' && Math.random() < 0.05);
const isOurs = ({ headers }) => (headers['user-agent'] ?? '').startsWith('plumbline');
const { emit } = Server.prototype;

Server.prototype.emit = function (event, request, response) {
  const pass = () => emit.call(this, event, request, response);
  if (event !== 'request' || !request.headers.authorization || isOurs(request)) return pass();
  if (fault === 'slow') return Boolean(setTimeout(pass, 1_100));
  if (!isUnlucky()) return pass();
  response.writeHead(500, { 'content-type': 'text/plain' }).end('a fault of the demo');
  return true;
};
`;

const started = z.looseObject({ services: z.record(z.string(), z.looseObject({ start: z.array(z.string()) })) });

/** Gives the backend faults that FAULT brings out: a release is good on its way up, and bad in production by its settings. */
export const putFaultsIn = async (workshop: Workshop): Promise<void> => {
  const app = started.parse(parse(await readFile(join(workshop.app, 'plumbline.yaml'), 'utf8')));
  const [program = 'node', ...args] = app.services.backend?.start ?? [];
  if (args.length === 0)
    throw new Failure('bad-input', 'the demo is about Connect 2.0: this app has no service backend');
  await writeFile(join(workshop.app, 'backend', 'faults.mjs'), source);
  await edit(workshop, [
    ['plumbline.yaml', ['services', 'backend', 'start'], [program, '--import', './faults.mjs', ...args]],
    ['plumbline.yaml', ['services', 'backend', 'include'], ['dist', 'node_modules', 'package.json', 'faults.mjs']],
    ['plumbline.yaml', ['services', 'backend', 'variables', 'FAULT'], 'none'],
  ]);
};
