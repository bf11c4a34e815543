import type { Abort, Facts } from '../rollout/facts.ts';
import type { Said, Scenario } from './scenario.ts';

/** What people say in a rehearsal, and when: some of it so long after a step began. */
export interface People {
  stepBegan(step: string, now: number): void;
  /** When somebody says something next, or it is clear that nobody does. */
  speakAt(now: number): number;
  heard(at: string, now: number): { readonly abort: Abort | null; readonly proceed: Facts['proceed'] };
  /** Told what a person is asked; null: nothing any more. */
  asked(question: string | null, now: number): void;
  question(): string;
  /** Whether somebody was asked and nobody came, or will. */
  nobodyComes(now: number): boolean;
}

export const modelPeople = ({ people, patienceMs }: Scenario): People => {
  const began = new Map<string | null, number>([[null, 0]]);
  let askedAt: number | null = null;
  let question = '';
  const momentOf = ({ step, afterMs }: Said): number => (began.get(step) ?? Number.POSITIVE_INFINITY) + afterMs;
  return {
    stepBegan: (step, now) => {
      if (!began.has(step)) began.set(step, now);
    },
    speakAt: (now) => {
      let next = askedAt === null ? Number.POSITIVE_INFINITY : askedAt + patienceMs;
      for (const one of people) if (momentOf(one) > now) next = Math.min(next, momentOf(one));
      return next;
    },
    heard: (at, now) => {
      if (people.length === 0) return nothing;
      const said = people.filter((one) => momentOf(one) <= now);
      const stop = said.find(({ what }) => what === 'abort') ?? said.find(({ what }) => what === 'supersede');
      const goOn = said.find(({ what, step }) => what === 'proceed' && (step === null || step === at));
      return { abort: stop ? abortOf(stop) : null, proceed: goOn ? { by: 'somebody' } : null };
    },
    asked: (asked, now) => {
      askedAt = asked === null ? null : (askedAt ?? now);
      question = asked ?? question;
    },
    question: () => question,
    nobodyComes: (now) => askedAt !== null && now >= askedAt + patienceMs,
  };
};

const nothing = { abort: null, proceed: null } as const;

const abortOf = ({ what }: Said): Abort =>
  what === 'supersede'
    ? { by: 'somebody', because: 'somebody asked for a newer release', isSuperseded: true }
    : { by: 'somebody', because: 'the scenario says so', isSuperseded: false };
