import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Failure } from '@plumbline/contract/failure';
import type { Release } from '@plumbline/contract/release';
import { execa } from 'execa';
import { request } from 'undici';
import { z } from 'zod';
import type { LogIn } from './load/requests.ts';
import type { Station } from './station.ts';
import type { Workshop } from './workshop.ts';

/** Who the load visits as, and the projects that it lends on. */
export interface People {
  readonly lender: LogIn;
  readonly lenderToken: string;
  readonly projects: readonly string[];
  /** A project with a few loans, for a report that takes three seconds at twenty rows a second. */
  readonly reported: string;
}

const projectsMade = 40;

/** Production has no seed data: a lender and a builder are added with the app's own program, and the builder begins projects. */
export const welcomePeople = async (
  workshop: Workshop,
  station: Station,
  release: Release,
  environment: { readonly name: string; readonly address: string },
): Promise<People> => {
  const { url } = await station.person.call('database', { environment: environment.name });
  const add = (who: LogIn, role: 'lender' | 'builder') => addUser(workshop, release, url, who, role);
  const [lender, builder] = [newLogIn('lender'), newLogIn('builder')];
  await add(lender, 'lender');
  await add(builder, 'builder');
  const builderToken = await logIn(environment.address, builder);
  const projects: string[] = [];
  for (let number = 1; number <= projectsMade; number++)
    projects.push(await beginProject(environment.address, builderToken, `Demo ${number}`));
  const lenderToken = await logIn(environment.address, lender);
  const reported = await beginProject(environment.address, builderToken, 'Demo report');
  for (let loan = 0; loan < 5; loan++)
    await post(environment.address, `/api/projects/${reported}/loans`, lenderToken, {
      amountCents: 50 + loan,
      rateBasisPoints: 450,
      termMonths: 12,
    });
  return { lender, lenderToken, projects, reported };
};

const newLogIn = (name: string): LogIn => ({
  email: `demo-${name}-${randomBytes(3).toString('hex')}@demo.example`,
  password: randomBytes(12).toString('base64url'),
});

const addUser = async (
  workshop: Workshop,
  release: Release,
  databaseUrl: string,
  who: LogIn,
  role: string,
): Promise<void> => {
  const backend = release.content.services.find(({ name }) => name === 'backend');
  if (!backend) throw new Failure('bad-input', 'the demo is about Connect 2.0: this app has no service backend');
  const folder = join(workshop.home, 'unpacked', backend.artefact.replace(':', '-'));
  await execa(process.execPath, ['dist/add-user.js', who.email, role, `Demo ${role}`], {
    cwd: folder,
    env: { DATABASE_URL: databaseUrl },
    extendEnv: false,
    input: who.password,
  });
};

const logIn = async (origin: string, who: LogIn): Promise<string> =>
  z.object({ token: z.string() }).parse(await post(origin, '/api/session', null, who)).token;

const beginProject = async (origin: string, token: string, name: string): Promise<string> =>
  z
    .object({ id: z.string() })
    .parse(await post(origin, '/api/projects', token, { name, address: '1 Demo Street', budgetCents: 100_000_000 })).id;

const post = async (origin: string, path: string, token: string | null, body: unknown): Promise<unknown> => {
  const { statusCode, body: answer } = await request(`${origin}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });
  if (statusCode !== 201)
    throw new Failure('smoke-failed', `POST ${path} answered ${statusCode}: ${await answer.text()}`);
  return answer.json();
};
