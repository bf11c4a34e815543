import { type Command, Misuse } from '../command.ts';
import { didYouMean } from '../nearest.ts';

/** Every command by what is typed. Each is loaded when it is called, so that one does not pay for the others. */
export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./start.ts')).start,
  ship: async () => (await import('./ship.ts')).ship,
  deliver: async () => (await import('./deliver.ts')).deliver,
  approve: async () => (await import('./approve.ts')).approve,
  proceed: async () => (await import('./proceed.ts')).proceed,
  abort: async () => (await import('./abort.ts')).abort,
  rollback: async () => (await import('./rollback.ts')).rollback,
  'migrate status': async () => (await import('./migrate-status.ts')).migrateStatus,
  'migrate check': async () => (await import('./migrate-check.ts')).migrateCheck,
  'migrate plan': async () => (await import('./migrate-plan.ts')).migratePlan,
  'migrate latest': async () => (await import('./migrate-latest.ts')).migrateLatest,
  'migrate down': async () => (await import('./migrate-down.ts')).migrateDown,
  freeze: async () => (await import('./freeze.ts')).freeze,
  unfreeze: async () => (await import('./unfreeze.ts')).unfreeze,
  freezes: async () => (await import('./freezes.ts')).freezes,
  status: async () => (await import('./status.ts')).status,
  releases: async () => (await import('./releases.ts')).releases,
  deliveries: async () => (await import('./deliveries.ts')).deliveries,
  watch: async () => (await import('./watch.ts')).watch,
  logs: async () => (await import('./logs.ts')).logs,
  diff: async () => (await import('./diff.ts')).diff,
  psql: async () => (await import('./psql.ts')).psql,
  'secret set': async () => (await import('./secret-set.ts')).secretSet,
  'secret list': async () => (await import('./secret-list.ts')).secretList,
  'notify test': async () => (await import('./notify-test.ts')).notifyTest,
  notifications: async () => (await import('./notifications.ts')).notifications,
  'token create': async () => (await import('./token-create.ts')).tokenCreate,
  'token list': async () => (await import('./token-list.ts')).tokenList,
  'token revoke': async () => (await import('./token-revoke.ts')).tokenRevoke,
  whoami: async () => (await import('./whoami.ts')).whoami,
  audit: async () => (await import('./audit.ts')).audit,
  'audit verify': async () => (await import('./audit-verify.ts')).auditVerify,
  init: async () => (await import('./init.ts')).init,
  check: async () => (await import('./check.ts')).check,
  render: async () => (await import('./render.ts')).render,
  'infra plan': async () => (await import('./infra-plan.ts')).infraPlan,
  'github check': async () => (await import('./github-check.ts')).githubCheck,
  'github apply': async () => (await import('./github-apply.ts')).githubApply,
  rehearse: async () => (await import('./rehearse.ts')).rehearse,
  doctor: async () => (await import('./doctor.ts')).doctor,
  stop: async () => (await import('./stop.ts')).stop,
  reset: async () => (await import('./reset.ts')).reset,
  demo: async () => (await import('./demo.ts')).demo,
  help: async () => (await import('./help.ts')).helpOf({ names: Object.keys(commands), load }),
};

export const load = (name: string): Promise<Command> => {
  const loader = commands[name];
  if (!loader) throw new Misuse(`there is no command "${name}"${didYouMean(name, Object.keys(commands))}`);
  return loader();
};
