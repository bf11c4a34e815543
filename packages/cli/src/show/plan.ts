import type { DeliveryPlan, PlannedStep } from '@plumbline/contract/delivery';
import { type Shape, slots } from '@plumbline/contract/shape';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { duration } from '../times.ts';

/** The specification's 1.1: a deployment is over in 15 minutes. */
const mostMs = 15 * 60_000;

/** What a delivery will do, for the one who has to approve it. */
export const planText = (plan: DeliveryPlan, colour: Terminal['colour']): string => {
  const rows = plan.steps.map((step) => [
    step.name,
    shapeWords(step.shape),
    duration(step.expectedMs),
    verdictWords(step),
    step.pause ? `${step.because}; a person lets it go on` : step.because,
  ]);
  const migrations = plan.migrations.length === 0 ? 'none' : plan.migrations.join(', ');
  return [
    `${colour.bold(plan.release)} to ${colour.bold(plan.environment)}, ${plan.strategy}, from ${plan.from ?? 'nothing'}`,
    '',
    table(['STEP', 'SHAPE', 'ABOUT', 'VERDICT AT PRESENT TRAFFIC', 'WHY'], rows),
    '',
    `migrations  ${migrations}`,
    ...(plan.contracts.length === 0
      ? []
      : [`left        ${plan.contracts.join(', ')}: contracts are a delivery of their own`]),
    `bake        ${duration(plan.bakeMs)}`,
    `in all      about ${duration(plan.expectedMs)}, of the ${duration(mostMs)} that a delivery may take`,
    `way back    ${wayBackWords(plan.wayBack)}`,
    ...plan.warnings.map((warning) => colour.yellow(`! ${warning}`)),
  ].join('\n');
};

const wayBackWords = ({ how, expectedMs }: DeliveryPlan['wayBack']): string =>
  expectedMs === 0 ? how : `${how}, at worst about ${duration(expectedMs)}`;

const verdictWords = ({ requestsNeeded, verdictMs }: PlannedStep): string => {
  if (requestsNeeded === null) return '-';
  return `${requestsNeeded} requests, ${verdictMs === null ? 'and no visitors come' : `about ${duration(verdictMs)}`}`;
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
