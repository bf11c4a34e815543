import { Environment } from '@marcbachmann/cel-js';
import type { IValidatingAdmissionPolicy } from 'kubernetes-models/admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy';
import { expect, test } from 'vitest';
import { placeOf, smallPlace } from '../../testing/kubernetes.ts';
import { admissionPolicies } from './admission.ts';

const digest = `sha256:${'a1'.repeat(32)}`;
const place = await smallPlace('production');
const image = `${Object.values<string>(place.names.images)[0]}@${digest}`;

const [policy] = admissionPolicies(place).filter(
  (one): one is IValidatingAdmissionPolicy => one.kind === 'ValidatingAdmissionPolicy',
);

/** What the API server would answer, by the same expressions: the messages of those that are false. */
const refusals = (spec: object): readonly string[] => {
  const environment = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false });
  const object = { spec };
  const variables: Record<string, unknown> = {};
  for (const { name, expression } of policy?.spec?.variables ?? [])
    variables[name] = environment.evaluate(expression, { object, variables });
  return (policy?.spec?.validations ?? []).flatMap(({ expression, message }) =>
    environment.evaluate(expression, { object, variables }) === true ? [] : [message ?? ''],
  );
};

const containers = [{ name: 'backend', image }];
const byDigest = expect.stringContaining('images are named by digest');
const ownOnly = 'only images of connect2 run here';

test.each([
  ['an image of the app by digest is let in', { containers }, []],
  [
    'the specification’s latest is refused',
    { containers: [{ image: 'ghcr.io/blueprint/connect2-backend:latest' }] },
    [byDigest, ownOnly],
  ],
  [
    'what an unreleased manifest has is refused',
    { containers: [{ image: 'connect2-backend-blue' }] },
    [byDigest, ownOnly],
  ],
  ['a tag is refused', { containers: [{ image: image.replace(/@.*/, ':v1') }] }, [byDigest, ownOnly]],
  ['a digest that is cut short is refused', { containers: [{ image: image.slice(0, -1) }] }, [byDigest]],
  [
    'one bad container among good ones is refused',
    { containers: [...containers, { image: 'busybox' }] },
    [byDigest, ownOnly],
  ],
  [
    'an init container counts as well',
    { containers, initContainers: [{ image: `evil.example/miner@${digest}` }] },
    [ownOnly],
  ],
  [
    'a debugging container may be another’s, by digest',
    { containers, ephemeralContainers: [{ image: `busybox@${digest}` }] },
    [],
  ],
  ['and not by tag', { containers, ephemeralContainers: [{ image: 'busybox:1' }] }, [byDigest]],
])('%s', (_what, spec, messages) => {
  expect(refusals(spec)).toEqual(messages);
});

test.each([
  ['production', 'main', true],
  ['production', 'develop', false],
  ['development', 'develop', true],
])('in %s, a signature of the branch %s counts: %s', async (environment, branch, counts) => {
  const app =
    'app: a\ndomain: a.example\nrepository: someone/a.b\npath: [development, staging, production]\nservices: { w: { start: [x], route: /, health: /up } }\n';
  const one = admissionPolicies(await placeOf(app, environment)).find(({ kind }) => kind === 'ImageValidatingPolicy');
  const pattern = new RegExp(
    JSON.parse(JSON.stringify(one)).spec.attestors[0].cosign.keyless.identities[0].subjectRegExp,
  );
  const by = (repository: string) =>
    `https://github.com/${repository}/.github/workflows/build.yml@refs/heads/${branch}`;
  expect(pattern.test(by('someone/a.b'))).toBe(counts);
  expect(pattern.test(by('someone/aXb'))).toBe(false);
  expect(pattern.test(by('thief/a.b'))).toBe(false);
});
