import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { description } from '../environments/description.ts';
import { environment } from '../environments/environment.ts';
import { thresholds } from '../monitoring/thresholds.ts';
import { placesOf } from './places.ts';
import { renderAll } from './render.ts';

const root = new URL('../../../../', import.meta.url);
const read = (file: string) => readFile(new URL(file, root), 'utf8');

let appText = '';
let production = '';
let before: ReadonlyMap<string, string>;
beforeAll(async () => {
  appText = await read('plumbline.yaml');
  production = await read('environments/production.yaml');
  before = rendered(production);
});

type Key = readonly (string | number)[];

/** Every file that follows from Connect 2.0 with this production, by path. */
const rendered = (text: string): ReadonlyMap<string, string> => {
  const app = description.parse(parseDocument(appText).toJS());
  const one = environment.parse(parseDocument(text).toJS());
  return new Map(
    renderAll(placesOf({ description: app, environments: [one] })).map((file) => [file.path, file.content]),
  );
};

const differing = (text: string): readonly string[] => {
  const after = rendered(text);
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.filter((path) => before.get(path) !== after.get(path));
};

/** The file with another number in a place of it: 3 is 4, 30 days are 31, 4Gi is 5Gi; one less where more is not allowed. */
const withAnother = (key: Key): string => {
  const [more, less] = [1, -1].map((step) => {
    const document = parseDocument(production);
    document.setIn(key, stepped(document.getIn(key), step));
    return { text: String(document), isAllowed: environment.safeParse(document.toJS()).success };
  });
  return (more?.isAllowed ? more : less)?.text ?? '';
};

const stepped = (value: unknown, step: number): unknown =>
  typeof value === 'number' ? value + step : String(value).replace(/^\d+/, (digits) => String(Number(digits) + step));

const amount = /^\d+(\.\d+)? ?(m|s|h|d|days?|weeks?|Ki|Mi|Gi)?$/;

/** Where numbers and amounts stand. */
const numbersIn = (node: unknown, key: Key = []): readonly Key[] => {
  if (isMap(node)) return node.items.flatMap((pair) => numbersIn(pair.value, [...key, String(pair.key)]));
  if (isSeq(node)) return node.items.flatMap((item, index) => numbersIn(item, [...key, index]));
  return isScalar(node) && amount.test(String(node.value)) ? [key] : [];
};

/** Numbers that the engine reads when it delivers: nothing that is rendered could depend on them. */
const ofTheEngine = ['approvals.count', 'approvals.expires', 'bake', 'local.replicas', 'local.bake'];

/** Numbers that no variable of Terraform is made of. */
const ofManifests = [
  'timeouts.migrations',
  'timeouts.rollout',
  // With an autoscaler the bounds count; a Deployment that said so too would be set back by each apply (E5-7).
  'replica_count',
  'min_replicas',
  // Limits; what is set aside for a replica is in both.
  'resources.api.cpu',
  'resources.api.memory',
  'resources.frontend.cpu',
  'resources.frontend.memory',
  'infrastructure.scaling.schedule.replicas',
];

describe('changing one number of an environment', () => {
  const changed = () =>
    numbersIn(parseDocument(production).contents).map((key) => ({
      key: key.join('.'),
      files: differing(withAnother(key)),
    }));

  test('changes what is rendered, unless the engine alone reads it', () => {
    const all = changed();
    const hasManifests = [...before.keys()].some((path) => path.startsWith('k8s/'));
    const excused = [...ofTheEngine, ...(hasManifests ? ['replica_count'] : ofManifests)];
    expect(all.length).toBeGreaterThan(20);
    expect(all.filter(({ files }) => files.length === 0).map(({ key }) => key)).toEqual(
      all.map(({ key }) => key).filter((key) => excused.includes(key)),
    );
  });

  test.each([
    ['max_replicas', ['workload']],
    ['resources.api.requests.memory', ['workload']],
    ['resources.api.requests.cpu', ['workload']],
    ['backup_retention', ['database', 'documents']],
    ['infrastructure.database.pool', ['workload']],
    ['infrastructure.cluster.nodes.max', ['cluster']],
    ['infrastructure.logs.retention', ['logs']],
    ['infrastructure.budget.monthly_usd', ['budget']],
  ])('%s changes these of Terraform alone: %j', (key, variables) => {
    const text = withAnother(key.split('.'));
    expect(differing(text)).toContain(values);
    expect(variablesThatDiffer(text)).toEqual(variables);
  });

  test('a machine and an account change whatever they are in', () => {
    const account = production.replace('"777788889999"', '"123456789012"');
    expect(differing(account)).toEqual(
      expect.arrayContaining([values, 'terraform/environments/production/backend.tf']),
    );
    expect(variablesThatDiffer(account)).toEqual(['account', 'state_bucket', 'documents']);
    expect(variablesThatDiffer(production.replace('db.r7g.large', 'db.r7g.xlarge'))).toEqual(['database']);
  });

  test('each threshold of 8.2 reaches the renderers', () => {
    for (const [name, row] of Object.entries(thresholds)) {
      const level = 'critical' in row ? 'critical' : 'warning' in row ? 'warning' : 'info';
      const text = `${production}\nthresholds: { ${name}: { ${level}: 12345 } }\n`;
      const [place] = placesOf({
        description: description.parse(parseDocument(appText).toJS()),
        environments: [environment.parse(parseDocument(text).toJS())],
      });
      expect(Object.entries(place?.thresholds ?? {}).find(([other]) => other === name)?.[1]).toMatchObject({
        [level]: 12345,
      });
    }
  });
});

const values = 'terraform/environments/production/plumbline.auto.tfvars.json';

const variablesThatDiffer = (text: string): readonly string[] => {
  const of = (all: ReadonlyMap<string, string>): Record<string, unknown> => JSON.parse(all.get(values) ?? '{}');
  const [mine, others] = [of(before), of(rendered(text))];
  return Object.keys(mine).filter((key) => JSON.stringify(mine[key]) !== JSON.stringify(others[key]));
};
