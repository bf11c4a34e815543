import path from 'node:path';
import type { Description } from './description.ts';
import { suggestion } from './did-you-mean.ts';
import type { Environment } from './environment.ts';
import type { Finding } from './finding.ts';
import { errorAt, type Located, warningAt } from './located.ts';

/** The path and the environments' files: each name once, and each name of the path with a file. */
export const checkPath = (
  app: Located<Description>,
  environments: readonly Located<Environment>[],
  isWhole: boolean,
): readonly Finding[] => [
  ...namedTwiceOnPath(app),
  ...(isWhole ? withoutFile(app, environments) : []),
  ...sameName(environments),
  ...sameDomain(environments),
  ...environments.flatMap((one) => onNoPath(app.value, one)),
];

const namedTwiceOnPath = (app: Located<Description>): readonly Finding[] =>
  app.value.path.flatMap((name, index) =>
    app.value.path.indexOf(name) < index ? [errorAt(app, ['path', index], `"${name}" is on the path twice`)] : [],
  );

/** An app without any environment file has defaults everywhere; one with some has to have all. */
const withoutFile = (app: Located<Description>, environments: readonly Located<Environment>[]): readonly Finding[] => {
  const names = environments.map(({ value }) => value.environment);
  if (names.length === 0) return [];
  return app.value.path.flatMap((name, index) => {
    if (names.includes(name)) return [];
    const near = suggestion(name, names);
    const mend = near.startsWith(':')
      ? near
      : `; write environments/${name}.yaml, with at least "environment: ${name}"`;
    return [errorAt(app, ['path', index], `the path names "${name}", which no file in environments/ describes${mend}`)];
  });
};

const sameName = (environments: readonly Located<Environment>[]): readonly Finding[] =>
  doubles(
    environments,
    ({ environment }) => environment,
    (one, first) =>
      errorAt(
        one,
        ['environment'],
        `the environment "${one.value.environment}" is described in ${first.yaml.file} already`,
      ),
  );

const sameDomain = (environments: readonly Located<Environment>[]): readonly Finding[] =>
  doubles(
    environments,
    ({ domain }) => domain,
    (one, first) => errorAt(one, ['domain'], `${one.value.domain} is the domain of ${first.value.environment} already`),
  );

const doubles = (
  environments: readonly Located<Environment>[],
  of: (one: Environment) => string | undefined,
  say: (one: Located<Environment>, first: Located<Environment>) => Finding,
): readonly Finding[] =>
  environments.flatMap((one, index) => {
    const mine = of(one.value);
    const first = environments.find(({ value }) => of(value) === mine);
    return mine === undefined || first === undefined || environments.indexOf(first) === index ? [] : [say(one, first)];
  });

const onNoPath = (app: Description, one: Located<Environment>): readonly Finding[] => {
  const { environment } = one.value;
  if (!app.path.includes(environment))
    return [
      warningAt(
        one,
        ['environment'],
        `"${environment}" is not on the path of plumbline.yaml, so nothing is ever delivered to it`,
      ),
    ];
  return path.basename(one.yaml.file, '.yaml') === environment
    ? []
    : [
        warningAt(
          one,
          ['environment'],
          `a file of this name should describe "${path.basename(one.yaml.file, '.yaml')}", not "${environment}"`,
        ),
      ];
};
