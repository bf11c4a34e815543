import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec } from '../../../../kernel/exec.ts';
import type { AlertingRule, RuleGroup } from '../rule.ts';
import type { InputSeries } from './series.ts';

export const hasPromtool = spawnSync('promtool', ['--version']).error === undefined;

/** Said once, by the name of the first test that needs it. */
export const needsPromtool = hasPromtool ? '' : ' (skipped: no promtool here; apt-get install prometheus brings it)';

/** What is expected of one alert at one time. */
export interface Expected {
  readonly atMinutes: number;
  readonly alert: string;
  readonly firing: readonly { readonly rule: AlertingRule; readonly subject: Readonly<Record<string, string>> }[];
}

/** Series, the groups of rules that see them, and what is to come of it. */
export interface Trial {
  readonly name: string;
  readonly groups: readonly RuleGroup[];
  readonly input: readonly InputSeries[];
  readonly expected: readonly Expected[];
  /** Between two values of a series, and two looks at the rules. Default 1. */
  readonly stepMinutes?: number;
}

/** What promtool says of them; empty when all is as expected. */
export const promtoolTest = async (trials: readonly Trial[]): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'plumbline-promtool-'));
  try {
    const files = await Promise.all(trials.map((trial, index) => write(directory, String(index), trial)));
    const ended = await exec('promtool', ['test', 'rules', ...files], {
      cwd: directory,
      env: { PATH: process.env.PATH ?? '' },
      tailLines: 200,
    });
    return ended.code === 0 ? '' : ended.tail.filter((line) => line.trim() !== '').join('\n');
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

/** JSON is YAML as well. */
const write = async (directory: string, name: string, trial: Trial): Promise<string> => {
  const step = `${trial.stepMinutes ?? 1}m`;
  await writeFile(
    join(directory, `${name}-rules.json`),
    JSON.stringify({ groups: trial.groups.map((group) => ({ ...group, interval: step })) }),
  );
  await writeFile(
    join(directory, `${name}.json`),
    JSON.stringify({
      rule_files: [`${name}-rules.json`],
      evaluation_interval: step,
      tests: [
        {
          name: trial.name,
          interval: step,
          input_series: trial.input,
          alert_rule_test: trial.expected.map(({ atMinutes, alert, firing }) => ({
            eval_time: `${atMinutes}m`,
            alertname: alert,
            exp_alerts: firing.map(({ rule, subject }) => ({
              exp_labels: { ...rule.labels, ...subject },
              exp_annotations: filledIn(rule.annotations, subject),
            })),
          })),
        },
      ],
    }),
  );
  return join(directory, `${name}.json`);
};

const filledIn = (annotations: Readonly<Record<string, string>>, subject: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(annotations).map(([name, text]) => [
      name,
      text.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => subject[label] ?? ''),
    ]),
  );
