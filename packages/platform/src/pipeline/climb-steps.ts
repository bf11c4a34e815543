import type { Stage } from '@plumbline/contract/delivery';
import { type ClimbRow, climbById, setClimbStages } from './climb-table.ts';
import type { DeliverDeps } from './deliver-deps.ts';
import { say } from './progress-table.ts';

type StepDeps = Pick<DeliverDeps, 'database' | 'now'>;

/** Shows that a stage of the pipeline has begun. */
export const beginClimbStage = (deps: StepDeps, row: ClimbRow, name: string): Promise<void> =>
  change(
    deps,
    row,
    name,
    (stage) => ({ ...stage, state: 'running', startedAt: stage.startedAt ?? deps.now() }),
    'begins',
  );

/** Shows how a stage of the pipeline ended; `because` tells why it failed, null that it is done. */
export const endClimbStage = (deps: StepDeps, row: ClimbRow, name: string, because: string | null): Promise<void> =>
  change(
    deps,
    row,
    name,
    (stage) => ({ ...stage, state: because === null ? 'done' : 'failed', because, endedAt: deps.now() }),
    because ?? 'done',
  );

const change = (
  deps: StepDeps,
  { id }: ClimbRow,
  name: string,
  to: (stage: Stage) => Stage,
  text: string,
): Promise<void> =>
  deps.database.transaction(async (tx) => {
    const { stages } = await climbById(tx, id);
    const changed = stages.map((stage) => (stage.name === name ? to(stage) : stage));
    await setClimbStages(tx, id, changed);
    const state = changed.find((stage) => stage.name === name)?.state ?? null;
    await say(tx, { climb: id, delivery: null, environment: null }, { kind: 'stage', stage: name, state, text });
  });
