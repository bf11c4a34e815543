import type { Description } from './description.ts';
import type { Environment } from './environment.ts';
import type { Finding } from './finding.ts';
import { errorAt, type Located } from './located.ts';
import { scanForSecrets } from './secret-scan.ts';
import type { Path, YamlFile } from './yaml-file.ts';

/** Secrets that are written out where a reference belongs: by the name of the variable, or by how the value looks. */
export const findSecrets = async (
  app: Located<Description>,
  environments: readonly Located<Environment>[],
): Promise<readonly Finding[]> => {
  const named = [
    ...Object.entries(app.value.services).flatMap(([name, { variables }]) =>
      namedLikeSecrets(app, ['services', name, 'variables'], variables),
    ),
    ...environments.flatMap((one) =>
      Object.entries(one.value.variables).flatMap(([name, variables]) =>
        namedLikeSecrets(one, ['variables', name], variables),
      ),
    ),
  ];
  const looking = await Promise.all([app, ...environments].map(({ yaml }) => lookingLikeSecrets(yaml)));
  const places = new Set(named.map(({ file, line }) => `${file}:${line}`));
  return [...named, ...looking.flat().filter(({ file, line }) => !places.has(`${file}:${line}`))];
};

const secretWords = /(SECRET|PASSWORD|PASSWD|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIAL)/i;
/** `TOKEN_LIFETIME` or `PASSWORD_FILE` are about a secret, and no secret themselves. */
const aboutSecrets =
  /_(LIFETIME|TTL|EXPIRY|EXPIRES|SECONDS|MS|MINUTES|HOURS|DAYS|LENGTH|MIN|MAX|FILE|PATH|NAME|HEADER|ISSUER|AUDIENCE|URL)$/i;

const namedLikeSecrets = (
  one: Located<unknown>,
  path: Path,
  variables: Readonly<Record<string, unknown>>,
): readonly Finding[] =>
  Object.entries(variables)
    .filter(
      ([name, value]) =>
        secretWords.test(name) && !aboutSecrets.test(name) && typeof value === 'string' && value !== '',
    )
    .map(([name]) =>
      errorAt(
        one,
        [...path, name],
        `${name} looks like a secret written out: name it under "secrets", like ${name}: secret://${referenceFor(name)}`,
      ),
    );

const lookingLikeSecrets = async (yaml: YamlFile): Promise<readonly Finding[]> =>
  (await scanForSecrets(yaml.file, yaml.text)).map(({ line, column, what }) => ({
    severity: 'error',
    file: yaml.file,
    line,
    column,
    message: `a secret is written out here (${what}): take it out, change it where it is used, and refer to it by secret://NAME`,
  }));

const referenceFor = (variable: string): string =>
  variable
    .toLowerCase()
    .replaceAll('_', '-')
    .replace(/^[^a-z]+/, '');
