import { checkEnvironmentInCloud } from '../infrastructure/check-environment-in-cloud.ts';
import { checkNetworks } from '../infrastructure/check-networks.ts';
import { checkApp } from './check-app.ts';
import { checkEnvironment } from './check-environment.ts';
import { checkErrata } from './check-errata.ts';
import { checkFreezes } from './check-freezes.ts';
import { checkNotify } from './check-notify.ts';
import { checkPath } from './check-path.ts';
import { checkPipeline } from './check-pipeline.ts';
import { findSecrets } from './check-secrets.ts';
import type { Description } from './description.ts';
import type { Environment } from './environment.ts';
import type { Finding } from './finding.ts';
import type { Located } from './located.ts';

/**
 * What the schemas cannot see: whether the parts fit together. `isWhole`: every environment's file could be read, so that
 * one which is missing is really missing.
 */
export const checkAll = async (
  app: Located<Description>,
  environments: readonly Located<Environment>[],
  isWhole: boolean,
): Promise<readonly Finding[]> => [
  ...checkApp(app),
  ...checkPipeline(app),
  ...checkNotify(app),
  ...checkPath(app, environments, isWhole),
  ...checkEach(app.value, environments),
  ...(await findSecrets(app, environments)),
];

const checkEach = (app: Description, environments: readonly Located<Environment>[]): readonly Finding[] => {
  const own = environments.flatMap((one) => [...checkEnvironment(one, app), ...checkFreezes(one)]);
  const errata = environments.flatMap((one) => checkErrata(one, app));
  // What the cloud would make of it can only be said of files that are right by themselves.
  if (own.some(({ severity }) => severity === 'error')) return [...own, ...errata];
  const inCloud = environments.flatMap((one) => checkEnvironmentInCloud(one, app));
  return [...own, ...errata, ...inCloud, ...checkNetworks(app, environments)];
};
