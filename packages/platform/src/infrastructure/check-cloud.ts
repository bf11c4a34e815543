import type { Description } from '../environments/description.ts';
import type { Environment } from '../environments/environment.ts';
import type { Finding } from '../environments/finding.ts';
import { errorAt, errorAtKey, type Located, warningAt } from '../environments/located.ts';
import { namedEntries } from '../environments/named.ts';

/** What the cloud alone needs: without it an app runs on a laptop, and what is rendered for the cloud is not whole. */
export const checkCloud = (
  app: Located<Description>,
  environments: readonly Located<Environment>[],
): readonly Finding[] => [
  ...moreStoresThanRoom(app),
  ...(app.value.repository === undefined
    ? [warningAt(app, [], 'without "repository" no workflow may deliver, and Terraform plans nothing')]
    : []),
  ...environments.flatMap((one) => [...withoutAccount(one), ...withoutDomain(app, one), ...withoutOwner(app, one)]),
];

/** Of each kind the modules of Terraform make one. */
const moreStoresThanRoom = (app: Located<Description>): readonly Finding[] => {
  const first = new Map<string, string>();
  return namedEntries(app.value.stores).flatMap(([name, { kind }]) => {
    const other = first.get(kind);
    if (other === undefined) {
      first.set(kind, name);
      return [];
    }
    return [errorAtKey(app, ['stores', name], `the cloud has one ${kind} store for an app, and that is ${other}`)];
  });
};

const withoutAccount = (one: Located<Environment>): readonly Finding[] =>
  one.value.infrastructure.account === undefined
    ? [
        warningAt(
          one,
          ['infrastructure'],
          'the account of the cloud is not known: say `infrastructure: { account: "123456789012" }`, or Terraform refuses',
        ),
      ]
    : [];

const withoutDomain = (app: Located<Description>, one: Located<Environment>): readonly Finding[] =>
  app.value.domain === undefined && one.value.domain === undefined
    ? [
        warningAt(
          one,
          ['domain'],
          'without a "domain" nobody can reach it, and there is nothing to make a certificate for',
        ),
      ]
    : [];

const withoutOwner = (app: Located<Description>, one: Located<Environment>): readonly Finding[] =>
  one.value.infrastructure.registry === 'ghcr' && app.value.repository === undefined
    ? [
        errorAt(
          one,
          ['infrastructure', 'registry'],
          'ghcr needs the "repository" of plumbline.yaml: images lie with it',
        ),
      ]
    : [];
