import { type ServiceName, serviceName } from '@plumbline/contract/names';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Evidence, noRequests, plus, type Tally } from './evidence.ts';
import { judgeSettings } from './settings.ts';
import { beginTrial, weigh } from './trial.ts';
import { verdictKindOf, verdictOf } from './verdict.ts';

const backend = serviceName.parse('backend');
const frontend = serviceName.parse('frontend');
const settings = judgeSettings([backend, frontend]);
const begun = beginTrial(settings, {
  candidate: { [backend]: noRequests, [frontend]: noRequests },
  stable: { [backend]: noRequests, [frontend]: noRequests },
});

/** What one service got between two looks: mostly well, so that all verdicts come up. */
const growth: fc.Arbitrary<Tally> = fc
  .record({ requests: fc.nat(60), bad: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(60)), synthetic: fc.nat(5) })
  .map(({ requests, bad, synthetic }) => {
    const failed = Math.min(requests, bad);
    return {
      requests,
      failed,
      slowerThan500ms: failed,
      slowerThan1000ms: failed >> 1,
      synthetic: Math.min(requests, synthetic),
    };
  });

const four = fc.tuple(growth, growth, growth, growth);

const looks = (growths: readonly (readonly [Tally, Tally, Tally, Tally])[]): readonly Evidence[] => {
  let sums = [noRequests, noRequests, noRequests, noRequests] as const;
  return growths.map((grown) => {
    sums = [plus(sums[0], grown[0]), plus(sums[1], grown[1]), plus(sums[2], grown[2]), plus(sums[3], grown[3])];
    return {
      candidate: { [backend]: sums[0], [frontend]: sums[1] },
      stable: { [backend]: sums[2], [frontend]: sums[3] },
    };
  });
};

const history = fc.array(four, { maxLength: 25 }).map(looks);

test('the same evidence again changes nothing', () => {
  fc.assert(
    fc.property(history, (evidences) => {
      const twice = evidences.flatMap((one) => [one, one]);
      expect(twice.reduce(weigh, begun)).toEqual(evidences.reduce(weigh, begun));
    }),
  );
});

test('a trial goes on from JSON as if it had never been put down', () => {
  fc.assert(
    fc.property(history, history, (before, after) => {
      const trial = before.reduce(weigh, begun);
      const revived = JSON.parse(JSON.stringify(trial)) as typeof trial;
      expect(revived).toEqual(trial);
      expect(verdictOf(after.reduce(weigh, revived))).toEqual(verdictOf(after.reduce(weigh, trial)));
    }),
  );
});

test('evidence that comes late, behind newer, gives no verdict that the newer did not', () => {
  fc.assert(
    fc.property(history, fc.nat(), (evidences, at) => {
      const trial = evidences.reduce(weigh, begun);
      const late = evidences[at % Math.max(1, evidences.length)];
      const kind = verdictKindOf(late === undefined ? trial : weigh(trial, late));
      expect([verdictKindOf(trial), 'inconclusive']).toContain(kind);
    }),
  );
});

test('more failures never turn a failure into anything else, while stable is well', () => {
  const well = history.map((evidences) =>
    evidences.map((one) => ({ ...one, stable: { [backend]: noRequests, [frontend]: noRequests } })),
  );
  fc.assert(
    fc.property(well, fc.nat(25), fc.integer({ min: 1, max: 20 }), (evidences, from, more) => {
      const worse = withMoreFailures(evidences, from, more);
      const [kind, worseKind] = [evidences, worse].map((all) => verdictKindOf(all.reduce(weigh, begun)));
      if (kind === 'fail') expect(worseKind).toBe('fail');
      if (worseKind === 'pass') expect(kind).toBe('pass');
    }),
    { numRuns: 300 },
  );
});

test('nothing passes with fewer requests than each service needs', () => {
  fc.assert(
    fc.property(history, (evidences) => {
      const trial = evidences.reduce(weigh, begun);
      const seen = trial.watched.map((one) => one.candidate.grown.requests);
      if (Math.min(...seen) < 73) expect(verdictKindOf(trial)).not.toBe('pass');
    }),
  );
});

test('looks at which nothing can be read change no verdict but to inconclusive', () => {
  const unread: Evidence = { candidate: {}, stable: {} };
  fc.assert(
    fc.property(history, (evidences) => {
      const trial = evidences.reduce(weigh, begun);
      expect(['fail', 'warn', 'inconclusive']).toContain(verdictKindOf(weigh(trial, unread)));
      const gaps = evidences.flatMap((one) => [unread, one]);
      expect(verdictKindOf(gaps.reduce(weigh, begun))).toBe(verdictKindOf(trial));
    }),
  );
});

/** Some of the requests that came at that look, and were good, failed now. */
const withMoreFailures = (evidences: readonly Evidence[], at: number, more: number): readonly Evidence[] => {
  const extra = (service: ServiceName): number => {
    const before = evidences[at - 1]?.candidate[service] ?? noRequests;
    const now = evidences[at]?.candidate[service] ?? before;
    return Math.min(more, now.requests - before.requests - (now.failed - before.failed));
  };
  const worse = (tally: Tally = noRequests, service: ServiceName): Tally => ({
    ...tally,
    failed: tally.failed + extra(service),
  });
  return evidences.map(({ candidate, stable }, look) =>
    look < at
      ? { candidate, stable }
      : {
          candidate: {
            [backend]: worse(candidate[backend], backend),
            [frontend]: worse(candidate[frontend], frontend),
          },
          stable,
        },
  );
};
