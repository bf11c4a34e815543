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
  ...environments.flatMap((one) => [
    ...checkEnvironment(one, app.value),
    ...checkFreezes(one),
    ...checkErrata(one, app.value),
  ]),
  ...(await findSecrets(app, environments)),
];
