import { type DeliveryKind, stageNamesOf } from '@plumbline/contract/delivery';
import type { StageOf } from '../underway.ts';
import { bake } from './bake.ts';
import { gates } from './gates.ts';
import { migrations } from './migrations.ts';
import { record } from './record.ts';
import { rollout } from './rollout.ts';
import { smoke } from './smoke.ts';
import { verify } from './verify.ts';

const stages: readonly StageOf[] = [gates, migrations, rollout, smoke, verify, bake, record];

/** A delivery, in order. */
export const stagesOf = (kind: DeliveryKind): readonly StageOf[] =>
  stages.filter(({ name }) => stageNamesOf(kind).includes(name));
