import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { filesIn, loadDescription } from '../../environments/read.ts';

const repository = path.join(import.meta.dirname, '../../../../..');
const textOf = (file: string) => readFileSync(path.join(repository, file), 'utf8');
const { description } = await loadDescription(filesIn(repository));
const services = Object.entries(description.services).flatMap(([name, service]) =>
  service.directory === undefined ? [] : [{ name, service, dockerfile: textOf(`${service.directory}/Dockerfile`) }],
);

test.each(services)(
  'the image of $name holds what the artefact holds, and starts it',
  ({ name, service, dockerfile }) => {
    const copied = [...dockerfile.matchAll(/^COPY --from=build \/app\/(\S+) /gm)].map((match) => match[1] ?? '');
    expect(copied.sort()).toEqual([...(service.include ?? [])].sort());
    expect(dockerfile).toContain(service.build?.join(' '));
    if (copied.includes('node_modules')) expect(dockerfile).toContain(service.prune?.join(' '));
    const started = /^CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? '[]';
    expect(['node', ...z.array(z.string()).parse(JSON.parse(started))]).toEqual(
      expect.arrayContaining([...service.start]),
    );
    expect(dockerfile).toContain(`${service.liveness ?? service.health}\`).then`);
    expect(dockerfile).toContain(`org.opencontainers.image.title="${description.app}-${name}"`);
  },
);

test.each(services)('the image of $name needs no shell and no root, and its bases have digests', ({ dockerfile }) => {
  const last = dockerfile.slice(dockerfile.lastIndexOf('FROM '));
  expect(last).not.toMatch(/^RUN /m);
  expect(last).toMatch(/^USER [1-9]\d{4,}:[1-9]\d{4,}$/m);
  for (const inExecForm of [/^ENTRYPOINT \[/m, /^CMD \[/m, /^HEALTHCHECK .*\\\n +CMD \[/m])
    expect(last).toMatch(inExecForm);
  expect([...dockerfile.matchAll(/^ARG \w+_BASE=.*@sha256:[0-9a-f]{64}$/gm)]).toHaveLength(2);
});

/** Modules that are loaded before the tracer is: imports are hoisted above every statement, wherever they stand. */
const loadedBeforeInit = (source: string): readonly string[] =>
  /tracer\.init\(|initialize\.mjs/.test(source)
    ? [...source.matchAll(/^import\b.*?from '([^']+)'/gm)]
        .map((match) => match[1] ?? '')
        .filter((one) => one !== 'dd-trace')
    : [];

test('E8-4: the tracer is loaded before every module that it watches', () => {
  const specified = `import tracer from 'dd-trace';
tracer.init({ service: 'connect2-backend' });
import StatsD from 'hot-shots';`;
  expect(loadedBeforeInit(specified)).toEqual(['hot-shots']);
  expect(loadedBeforeInit(textOf('backend/src/instrument.ts'))).toEqual([]);
  expect(textOf('backend/Dockerfile')).toMatch(/^CMD \["--import", "\.\/dist\/instrument\.js", /m);
});

const compose = z
  .object({
    services: z.record(
      z.string(),
      z.looseObject({ image: z.string().optional(), ports: z.array(z.string()).default([]) }),
    ),
  })
  .parse(parse(textOf('compose.yaml'), { merge: true }));

test('E4-2: CI, compose and environments have the same major of PostgreSQL', () => {
  const described = Object.values(description.stores).flatMap((store) =>
    store.kind === 'postgres' ? [store.version] : [],
  );
  const used = [textOf('compose.yaml'), textOf('.github/workflows/main.yml')].flatMap((text) =>
    [...text.matchAll(/image: postgres:(\d+)/g)].map((match) => match[1]),
  );
  expect(new Set(used)).toEqual(new Set(described.map(String)));
});

test('E0-6: compose brings up everything that the app needs, with seed data, for this machine alone', () => {
  expect(Object.keys(compose.services)).toEqual(
    expect.arrayContaining(['database', 'cache', 'migrate', 'seed', 'backend', 'frontend']),
  );
  const ports = Object.values(compose.services).flatMap((service) => service.ports);
  expect(ports.length).toBeGreaterThan(0);
  expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
});

const pins = z
  .object({
    actions: z.record(z.string(), z.object({ version: z.string(), commit: z.string() })),
    images: z.record(z.string(), z.object({ digest: z.string() })),
  })
  .parse(parse(textOf('.github/pins.yaml')));

test('E3-9: every action and image is the one that was compared, and none of the list is unused', () => {
  const workflows = ['build', 'deliver', 'main', 'migrate', 'terraform'].map((one) => `.github/workflows/${one}.yml`);
  const all = [
    ...workflows,
    '.github/actions/plumb/action.yml',
    'compose.yaml',
    'backend/Dockerfile',
    'frontend/Dockerfile',
  ]
    .map(textOf)
    .join('\n');
  const actions = [...all.matchAll(/uses: ([\w-]+\/[\w-]+)[\w/-]*@(\S+) # (\S+)/g)].map(
    ([, action, commit, version]) => `${action} ${commit} ${version}`,
  );
  const images = [...all.matchAll(/(?:image: |_BASE=)(\S+)@(sha256:\S+)/g)].map(
    ([, image, digest]) => `${image} ${digest}`,
  );
  const compared = [
    ...Object.entries(pins.actions).map(([action, { version, commit }]) => `${action} ${commit} ${version}`),
    ...Object.entries(pins.images).map(([image, { digest }]) => `${image} ${digest}`),
  ];
  expect([...new Set([...actions, ...images])].sort()).toEqual(compared.sort());
});
