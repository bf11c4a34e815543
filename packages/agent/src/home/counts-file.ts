import type { EnvironmentName, ReleaseId } from '@plumbline/contract/names';
import { z } from 'zod';
import type { Log } from '../log.ts';
import type { Answered } from '../router/answered.ts';
import { type CountsOfReleases, createCounting, savedCounts } from '../router/counts.ts';
import { type CountsOfSlots, createSlotCounting, savedSlotCounts } from '../router/slot-counting.ts';
import { readJson, writeJson } from './durable-file.ts';

export interface KeptCounts {
  /** Fit to be the router's `answered`. */
  readonly add: (one: Answered) => void;
  /**
   * What is on disk, a moment old at most: who has read a count never reads a lower one, since the next agent begins with
   * no less. Where the disk takes nothing, what is counted is told all the same.
   */
  of(environment: EnvironmentName): Promise<Counted>;
  /** For a release that no slot holds any more. */
  forget(environment: EnvironmentName, release: ReleaseId): void;
  /** Writes them a last time. */
  close(): Promise<void>;
}

/** What is on disk. */
export const savedFile = z.object({ releases: savedCounts, slots: savedSlotCounts });

export interface Counted {
  readonly counts: CountsOfReleases;
  readonly slotCounts: CountsOfSlots;
  /** What was counted later than this many milliseconds ago is not in them. */
  readonly countsAgeMs: number;
}

const saveEveryMs = 1_000;
/** A write to the disk costs more than an answer, and several may look at once. */
const toldForMs = 100;

/**
 * Counts that are on disk when they are told, and else a second later at most: what a killed agent loses. `tellsForMs`: how
 * old they may be when they are told, in milliseconds.
 */
export const keepCounts = async (file: string, log: Log, tellsForMs = toldForMs): Promise<KeptCounts> => {
  let told = (await readJson(file, savedFile)) ?? { releases: {}, slots: {} };
  const counting = createCounting(told.releases);
  const ofSlots = createSlotCounting(told.slots);
  let isChanged = false;
  let toldAt = performance.now();
  let turn: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;

  const save = async (): Promise<void> => {
    next = null;
    if (!isChanged) return;
    isChanged = false;
    const countedAt = performance.now();
    const counted = { releases: counting.save(), slots: ofSlots.save() };
    try {
      await writeJson(file, counted);
    } catch (error) {
      isChanged = true;
      log('error', 'the counts cannot be written', { file, error: String(error) });
    }
    told = counted;
    toldAt = countedAt;
  };
  /** One write at a time, and those who ask while one is under way share the next. */
  const saveInTurn = (): Promise<void> => {
    next ??= turn = turn.then(save);
    return next;
  };
  const saving = setInterval(saveInTurn, saveEveryMs);

  return {
    add(one) {
      isChanged = true;
      counting.add(one);
      ofSlots.add(one);
    },
    async of(environment) {
      if (isChanged && performance.now() - toldAt >= tellsForMs) await saveInTurn();
      const { releases, slots } = told;
      return {
        counts: releases[environment] ?? {},
        slotCounts: slots[environment] ?? { blue: {}, green: {} },
        countsAgeMs: isChanged ? performance.now() - toldAt : 0,
      };
    },
    forget(environment, release) {
      isChanged = true;
      counting.forget(environment, release);
    },
    close() {
      clearInterval(saving);
      return saveInTurn();
    },
  };
};
