import { burnRates } from './objective.ts';
import type { AlertingRule, RecordingRule } from './prometheus/rule.ts';

type Rule = AlertingRule | RecordingRule;

/** What an erratum says against a set of rules. */
export interface AlertFinding {
  readonly id: 'E0-5' | 'E8-6' | 'E8-7';
  /** Empty for what is missing altogether. */
  readonly alert: string;
  readonly message: string;
}

/** At which use, in percent, the autoscaler adds replicas, by what it goes by. */
export type ScalesAt = Readonly<Record<'cpu' | 'memory', number | null>>;

/** Alerts that go off with nothing to do about them, or of which nobody knows what to do, are found out. */
export const checkAlerts = (rules: readonly Rule[], scalesAt: ScalesAt): readonly AlertFinding[] => {
  const alerts = rules.flatMap((rule) => ('alert' in rule ? [rule] : []));
  return [
    ...alerts.flatMap((rule) => withoutScaling(rule, scalesAt)),
    ...alerts.flatMap((rule) => incomplete(rule, rules)),
    ...unguarded(rules),
  ];
};

/** CPU or memory at which the autoscaler is at work anyway. */
const withoutScaling = (rule: AlertingRule, scalesAt: ScalesAt): readonly AlertFinding[] => {
  const use = /^(Cpu|Memory)Usage$/.exec(rule.alert)?.[1] === 'Cpu' ? 'cpu' : 'memory';
  const level = Number(/> ([\d.]+)/.exec(rule.expr)?.[1]);
  const scales = scalesAt[use];
  if (!/^(Cpu|Memory)Usage$/.test(rule.alert) || scales === null || level > scales) return [];
  return /max_replicas/.test(rule.expr)
    ? []
    : [finding('E8-6', rule, `goes off at ${level} %, where the autoscaler has added replicas since ${scales} %`)];
};

const finding = (id: AlertFinding['id'], { alert }: Pick<AlertingRule, 'alert'>, message: string): AlertFinding => ({
  id,
  alert,
  message,
});

const incomplete = (rule: AlertingRule, all: readonly Rule[]): readonly AlertFinding[] => {
  const expressions = [rule.expr, ...recordedFor(rule, all)].join('\n');
  const isOfNoData = /^absent\(/.test(rule.expr);
  const hasWindow = rule.for !== undefined || /\[\d+[mhd]\]/.test(expressions);
  const needsNoCount = isOfNoData || /restarts/i.test(rule.alert);
  const hasLeast = needsNoCount || />= \d+$/m.test(rule.expr) || /count_over_time\([^)]*\) >= \d+/.test(rule.expr);
  return [
    ...(hasWindow ? [] : [finding('E8-7', rule, 'says not for how long')]),
    ...(hasLeast ? [] : [finding('E8-7', rule, 'goes off by a single request or sample')]),
    ...(rule.labels.owner ? [] : [finding('E8-7', rule, 'is nobody’s')]),
    ...(rule.annotations.runbook_url ? [] : [finding('E8-7', rule, 'names no runbook')]),
  ];
};

/** What the alert's expression was recorded from. */
const recordedFor = (rule: AlertingRule, all: readonly Rule[]): readonly string[] =>
  all.flatMap((other) => ('record' in other && rule.expr.includes(`${other.record}{`) ? [other.expr] : []));

/** A promise that nothing counts, or that only counts when it is broken. */
const unguarded = (rules: readonly Rule[]): readonly AlertFinding[] => {
  const burns = rules.flatMap((rule) => ('alert' in rule && rule.alert === 'ErrorBudgetBurn' ? [rule] : []));
  const counted = rules.some((rule) => 'record' in rule && rule.record.startsWith('plumbline:failed_requests:'));
  return [
    ...(counted
      ? []
      : [{ id: 'E0-5' as const, alert: '', message: 'nothing counts requests against what was promised' }]),
    ...(burns.length === burnRates.length
      ? []
      : [{ id: 'E8-7' as const, alert: '', message: 'nothing says how fast the error budget is spent' }]),
  ];
};
