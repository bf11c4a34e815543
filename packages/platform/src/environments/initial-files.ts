import { type Initial, initialStores } from './initial.ts';

/** A file that a person goes on from. */
export interface InitialFile {
  readonly path: string;
  readonly content: string;
}

/** The first description of an app: plumbline.yaml and a file for each environment. */
export const initialFiles = (initial: Initial): readonly InitialFile[] => [
  { path: 'plumbline.yaml', content: appText(initial) },
  ...initial.path.map((environment, index) => ({
    path: `environments/${environment}.yaml`,
    content: environmentText(initial, environment, index),
  })),
];

const appText = ({ app, domain, repository, path, start, build, health, stores }: Initial): string =>
  [
    `app: ${app}`,
    domain === '' ? '# domain: where its users find it, like app.example.com' : `domain: ${word(domain)}`,
    repository === '' ? '# repository: owner and name at GitHub' : `repository: ${word(repository)}`,
    '# The order in which a release climbs; its last environment is what users see.',
    `path: ${list(path)}`,
    '',
    'services:',
    '  web:',
    ...(build ? [`    build: ${list(build)}`] : []),
    '    # It listens on the port that the variable PORT gives.',
    `    start: ${list(start)}`,
    '    route: /',
    '    # Answers 2xx when requests may come.',
    `    health: ${word(health)}`,
    ...(stores.length > 0 ? [`    needs: ${list(stores)}`] : []),
    '',
    ...(stores.length > 0 ? ['stores:', ...stores.map(storeLine), ''] : []),
    'smoke:',
    `  - { get: ${word(health)}, expect: 200 }`,
    '',
  ].join('\n');

const storeLine = (store: keyof typeof initialStores): string =>
  `  ${store}: { kind: ${initialStores[store]}${store === 'database' ? ', version: 15' : ''}${store === 'cache' ? ', optional: true' : ''} }`;

interface Size {
  readonly replicas: number;
  readonly max: number | null;
  readonly machines: { readonly database: string; readonly cache: string };
  readonly isTwice: boolean;
  readonly backups: string;
  readonly isRecovered: boolean;
}

const sizes: Readonly<Record<'first' | 'between' | 'last', Size>> = {
  first: {
    replicas: 1,
    max: null,
    machines: { database: 'db.t4g.micro', cache: 'cache.t4g.micro' },
    isTwice: false,
    backups: '7 days',
    isRecovered: false,
  },
  between: {
    replicas: 2,
    max: 4,
    machines: { database: 'db.t4g.small', cache: 'cache.t4g.small' },
    isTwice: true,
    backups: '14 days',
    isRecovered: false,
  },
  last: {
    replicas: 3,
    max: 6,
    machines: { database: 'db.r7g.large', cache: 'cache.r7g.large' },
    isTwice: true,
    backups: '30 days',
    isRecovered: true,
  },
};

const environmentText = ({ path, stores, accounts }: Initial, environment: string, index: number): string => {
  const position = index === path.length - 1 ? 'last' : index === 0 ? 'first' : 'between';
  const { replicas, max, machines, isTwice, backups, isRecovered } = sizes[position];
  const account = accounts[environment];
  return [
    `environment: ${environment}`,
    `replica_count: ${replicas}`,
    'resources:',
    '  web: { cpu: 1, memory: 1Gi, requests: { cpu: 0.5, memory: 1Gi } }',
    ...stores.flatMap((store) =>
      store === 'documents' ? [] : [`  ${store}: { instance_type: ${machines[store]}, multi_az: ${isTwice} }`],
    ),
    ...(max === null
      ? ['auto_scaling: disabled']
      : ['auto_scaling: enabled', `min_replicas: ${replicas}`, `max_replicas: ${max}`]),
    `backup_retention: ${backups}`,
    ...(isRecovered ? ['disaster_recovery: enabled'] : []),
    ...(account
      ? ['infrastructure:', `  account: "${account}"`]
      : ['# infrastructure:', '#   account: "12 digits": its own account at AWS']),
    '',
  ].join('\n');
};

const list = (words: readonly string[]): string => `[${words.map(word).join(', ')}]`;

/** As it is where YAML reads it as a text, else in quotes. */
const word = (text: string): string =>
  /^[a-z/.@][\w./@-]*$/i.test(text) && !/^(true|false|null|yes|no|on|off)$/i.test(text) ? text : JSON.stringify(text);
