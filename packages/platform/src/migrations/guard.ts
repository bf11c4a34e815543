import type { Meet } from './intercept.ts';
import type { ReleaseFile } from './pending.ts';
import { firstWords } from './schema-state.ts';
import { takingAway } from './takes-away.ts';

/**
 * Holds a file to the phase that it declares, statement by statement and before each is sent: what releases that run may
 * need is taken away by contracts alone. One that declares no phase is held to none.
 */
export const guarded = async ({ name, phase }: ReleaseFile, meet: Meet): Promise<Meet> => {
  if (phase === null || phase === 'contract') return meet;
  const taking = await takingAway();
  return async (sending, sql, values) => {
    const taken = taking.of(sql);
    if (taken !== null)
      throw new Error(
        `${name} declares ${phase} and ${taken}, which a release that runs may need: declare it as contract`,
      );
    if (phase === 'backfill' && !taking.isForRows(sql))
      throw new Error(
        `${name} declares backfill and changes the schema by "${firstWords(sql)}": put that into a file of its own`,
      );
    return meet(sending, sql, values);
  };
};
