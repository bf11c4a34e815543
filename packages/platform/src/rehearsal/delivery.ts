import type { Durable } from '../kernel/durable.ts';
import type { JudgeSettings } from '../monitoring/settings.ts';
import { bakeOut } from '../rollout/bake.ts';
import type { GoBack } from '../rollout/next-action.ts';
import { goBack, type RolloutDeps, rollOut } from '../rollout/roll-out.ts';
import { type RolloutOrder, type RolloutStep, walkOf } from '../rollout/walk.ts';
import type { Rules } from '../rollout/without-verdict.ts';

/** The part of a delivery that moves traffic. */
export interface Moved {
  readonly order: RolloutOrder;
  readonly steps: readonly RolloutStep[];
  readonly judge: JudgeSettings | null;
  readonly rules: Rules;
  readonly settleWithinMs: number;
  readonly bakeMs: number;
}

export interface MovedEnd {
  readonly kind: 'succeeded' | 'stuck' | GoBack['outcome'];
  readonly because: string;
  /** Steps that went on without a verdict. */
  readonly unproven: readonly string[];
}

export interface MoveDeps extends RolloutDeps {
  now(): number;
  /** It is decided to promote the candidate, or to go back. */
  decided(to: 'promote' | 'go-back'): void;
}

/** The stages of a delivery that move traffic, as `pipeline/deliver.ts` goes through them: rollout, bake, promotion, or the way back. */
export const move =
  (deps: MoveDeps) =>
  async (durable: Durable, moved: Moved): Promise<MovedEnd> => {
    const { order, steps, judge, rules, settleWithinMs, bakeMs } = moved;
    const options = { candidate: walkOf(order).candidate, settleWithinMs, rules };
    const judging = judge && { settings: judge, trial: null, probed: {} };
    const climbed = await rollOut(deps)(durable, steps.slice(0, -1), options, judging);
    const { present, unproven } = climbed;
    const back = async ({ outcome, because }: GoBack, from: RolloutStep['shape'] | null): Promise<MovedEnd> => {
      deps.decided('go-back');
      const stuck = from && (await goBack(deps)(durable, order, from, options));
      return stuck
        ? { kind: 'stuck', because: `${because}; ${stuck}`, unproven }
        : { kind: outcome, because, unproven };
    };
    if (climbed.kind === 'go-back') return back(climbed, present);
    if (bakeMs > 0 && present) {
      const { action } = await bakeOut(deps)(durable, { shape: present, bakeMs, rules, judging: climbed.judging });
      if (action.kind === 'go-back') return back(action, present);
    }
    deps.decided('promote');
    const promoted = await rollOut(deps)(durable, steps.slice(-1), options, null);
    if (promoted.kind === 'go-back') return back(promoted, promoted.present);
    return { kind: 'succeeded', because: `${order.release} is live`, unproven };
  };
