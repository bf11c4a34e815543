import { setTimeout as delay } from 'node:timers/promises';

const DEADLINE_MS = 30_000;

/** Waits until the condition holds, and says which one did not when it takes too long. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited ${DEADLINE_MS} ms in vain until ${what}`);
    await delay(20);
  }
}
