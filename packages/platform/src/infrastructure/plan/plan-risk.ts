import { holdsData } from './holds-data.ts';
import { openingsOf } from './openings.ts';
import type { Plan, ResourceChange } from './plan.ts';

/**
 * destroys, replaces: what is there goes, and comes back empty or not at all. opens: everybody reaches it or may do it. weakens:
 * a protection is taken off, which makes the next destruction easier. forgets: Terraform leaves it standing and knows it no more.
 * unseen: what a policy will say is known only after apply.
 */
export type RiskKind = 'destroys' | 'replaces' | 'opens' | 'weakens' | 'forgets' | 'unseen';

export interface Risk {
  readonly address: string;
  readonly type: string;
  readonly kind: RiskKind;
  /** Destruction of data, or an opening: not without an approval. */
  readonly isGrave: boolean;
  readonly because: string;
}

/** What the plan destroys, replaces, opens to the world or takes the protection from; the gravest first. */
export const risksOf = (plan: Plan): readonly Risk[] => {
  const risks = plan.resource_changes.filter(({ mode }) => mode === 'managed').flatMap(risksOfChange);
  return [...risks].sort((a, b) => Number(b.isGrave) - Number(a.isGrave) || order(a) - order(b));
};

const kinds: readonly RiskKind[] = ['destroys', 'replaces', 'opens', 'weakens', 'forgets', 'unseen'];
const order = ({ kind }: Risk): number => kinds.indexOf(kind);

const risksOfChange = (one: ResourceChange): readonly Risk[] => [
  ...ending(one),
  ...opening(one),
  ...weakening(one),
  ...unseen(one),
];

const ending = (one: ResourceChange): readonly Risk[] => {
  const { actions } = one.change;
  if (actions.includes('forget')) return [risk(one, 'forgets', false, 'it stays, and Terraform knows it no more')];
  if (!actions.includes('delete')) return [];
  const { holds, because } = holdsData(one.type);
  const left = one.deposed === undefined ? '' : `, left from an earlier replacement (${one.deposed})`;
  return [risk(one, actions.includes('create') ? 'replaces' : 'destroys', holds, `${because}${left}`)];
};

/** Only what was not open before: what is open and stays so was asked about when it was opened. */
const opening = (one: ResourceChange): readonly Risk[] => {
  const { before, after } = one.change;
  const already = openingsOf(one.type, before);
  const opened = openingsOf(one.type, after).filter((words) => !already.includes(words));
  const lost = isBlock(one.type) && after === null && one.change.actions.includes('delete');
  return [...opened, ...(lost ? ['nothing keeps the bucket from being public any more'] : [])].map((words) =>
    risk(one, 'opens', true, words),
  );
};

const isBlock = (type: string): boolean => /^aws_s3_(bucket|account)_public_access_block$/.test(type);

type Values = Readonly<Record<string, unknown>>;

/** Attribute, and whether the change takes protection away. */
const protections: Readonly<Record<string, (before: unknown, after: unknown) => boolean>> = {
  deletion_protection: (before, after) => before === true && after === false,
  deletion_protection_enabled: (before, after) => before === true && after === false,
  skip_final_snapshot: (before, after) => before === false && after === true,
  force_destroy: (before, after) => before === false && after === true,
  force_delete: (before, after) => before === false && after === true,
  storage_encrypted: (before, after) => before === true && after === false,
  multi_az: (before, after) => before === true && after === false,
  backup_retention_period: less,
  recovery_window_in_days: less,
  deletion_window_in_days: less,
  min_retention_days: less,
  retention_in_days: less,
  snapshot_retention_limit: less,
};

function less(before: unknown, after: unknown): boolean {
  return typeof before === 'number' && typeof after === 'number' && after < before;
}

/** Types whose only purpose is to keep data from being lost. */
const guards =
  /^aws_(s3_bucket_(versioning|object_lock_configuration|replication_configuration)|backup_vault_lock_configuration|backup_(plan|selection)|ecr_lifecycle_policy)$/;

const weakening = (one: ResourceChange): readonly Risk[] => {
  const { before, after, actions } = one.change;
  if (actions.includes('delete') && guards.test(one.type))
    return [risk(one, 'weakens', false, 'what it kept from being lost can be lost')];
  if (before === null || after === null) return [];
  return Object.entries(protections).flatMap(([name, isWeaker]) =>
    isWeaker(before[name], after[name])
      ? [risk(one, 'weakens', false, `${name} goes from ${String(before[name])} to ${String(after[name])}`)]
      : [],
  );
};

const policyNames = ['policy', 'assume_role_policy', 'access_policies', 'policy_document'];

const unseen = (one: ResourceChange): readonly Risk[] => {
  const unknown = one.change.after_unknown;
  if (typeof unknown !== 'object' || unknown === null) return [];
  return policyNames
    .filter((name) => (unknown as Values)[name] === true) // An object of JSON: its members are looked at, not trusted.
    .map((name) => risk(one, 'unseen', false, `${name} is known only after apply`));
};

const risk = ({ address, type }: ResourceChange, kind: RiskKind, isGrave: boolean, because: string): Risk => ({
  address,
  type,
  kind,
  isGrave,
  because,
});
