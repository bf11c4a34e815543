import type { DeliveryPlan } from '@plumbline/contract/delivery';
import { type Shape, slots } from '@plumbline/contract/shape';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { duration } from '../times.ts';

/** What a delivery will do, for the one who has to approve it. */
export const planText = (plan: DeliveryPlan, colour: Terminal['colour']): string => {
  const rows = plan.steps.map((step) => [
    step.name,
    shapeWords(step.shape),
    duration(step.expectedMs),
    step.requestsNeeded === null ? '' : `${step.requestsNeeded} requests`,
    step.pause ? `${step.because}; a person lets it go on` : step.because,
  ]);
  const migrations = plan.migrations.length === 0 ? 'none' : plan.migrations.join(', ');
  return [
    `${colour.bold(plan.release)} to ${colour.bold(plan.environment)}, ${plan.strategy}, from ${plan.from ?? 'nothing'}`,
    '',
    table(['STEP', 'SHAPE', 'ABOUT', 'VERDICT', 'WHY'], rows),
    '',
    `migrations  ${migrations}`,
    `bake        ${duration(plan.bakeMs)}`,
    `in all      about ${duration(plan.expectedMs)}`,
    `way back    ${plan.wayBack.how}, about ${duration(plan.wayBack.expectedMs)}`,
    ...plan.warnings.map((warning) => colour.yellow(`! ${warning}`)),
  ].join('\n');
};

const shapeWords = (shape: Shape): string =>
  slots
    .flatMap((slot) => {
      const content = shape.slots[slot];
      if (content === null) return [];
      const share = slot === shape.stable ? 100 - shape.candidateWeightPercent : shape.candidateWeightPercent;
      const replicas = Object.entries(content.replicas).map(([service, count]) => `${service} ${count}`);
      return [`${slot} ${share} % (${replicas.join(', ')})`];
    })
    .join('; ');
