import { serviceName } from '@plumbline/contract/names';
import { describe, expect, test } from 'vitest';
import { type Evidence, noRequests, type Tally } from './evidence.ts';
import { requestsNeeded } from './requests-needed.ts';
import { judgeSettings } from './settings.ts';
import { beginStep, beginTrial, type Trial, weigh } from './trial.ts';
import { verdictOf } from './verdict.ts';
import { verdictText } from './words.ts';

const backend = serviceName.parse('backend');
const frontend = serviceName.parse('frontend');

const tally = (requests: number, given: Partial<Tally> = {}): Tally => ({ ...noRequests, requests, ...given });

/** Counts of the backend alone, unless the frontend's are given. */
const evidence = (candidate: Tally, stable: Tally = noRequests, others: Tally = noRequests): Evidence => ({
  candidate: { [backend]: candidate, [frontend]: others },
  stable: { [backend]: stable, [frontend]: noRequests },
});

const begun = (services = [backend]): Trial => beginTrial(judgeSettings(services), evidence(noRequests));
const judged = (...looks: readonly Evidence[]) => verdictOf(looks.reduce(weigh, begun()));

describe('a candidate that fails', () => {
  test('the verdict names the requests, the limit, the probes and stable', () => {
    const verdict = judged(evidence(tally(130, { failed: 41, synthetic: 40 }), tally(2_410, { failed: 5 })));
    expect(verdictText(verdict)).toBe(
      'fail: 41 of 130 requests of backend, 40 of them probes, failed (31.5 %); 5 % is the limit; stable 0.2 % of 2,410',
    );
  });

  test('four failures of four are enough, in one look or in four', () => {
    expect(judged(evidence(tally(3, { failed: 3 }))).kind).toBe('inconclusive');
    expect(judged(evidence(tally(4, { failed: 4 }))).kind).toBe('fail');
    expect(judged(...[1, 2, 3, 4].map((count) => evidence(tally(count, { failed: count })))).kind).toBe('fail');
  });

  test('four failures spread over all services are enough', () => {
    const look = evidence(tally(3, { failed: 3 }), noRequests, tally(1, { failed: 1 }));
    expect(verdictText(verdictOf(weigh(begun([backend, frontend]), look)))).toBe(
      'fail: 4 of 4 requests failed (100 %); 5 % is the limit; stable got no requests to compare',
    );
  });

  test('slow answers fail it like failed ones', () => {
    const slow = { slowerThan500ms: 12, slowerThan1000ms: 12 };
    expect(judged(evidence(tally(60, slow), tally(900))).because).toBe(
      '12 of 60 requests of backend took longer than 1000 ms (20 %); 5 % is the limit; stable 0 % of 900',
    );
  });

  test('a fault after a long good time is told by what came since', () => {
    const good = evidence(tally(5_000), tally(100));
    expect(judged(good, evidence(tally(5_020, { failed: 20 }), tally(101))).because).toBe(
      '20 of the last 20 requests of backend failed (100 %); 5 % is the limit; stable 0 % of 1',
    );
  });

  test('it stays failed, whatever comes after', () => {
    const failed = weigh(begun(), evidence(tally(4, { failed: 4 })));
    expect(weigh(failed, evidence(tally(10_000, { failed: 4 })))).toBe(failed);
  });
});

describe('a candidate that is well', () => {
  test('passes after 73 good requests', () => {
    expect(judged(evidence(tally(72))).because).toBe('backend needs at least 1 more request');
    expect(verdictText(judged(evidence(tally(73, { synthetic: 40 }), tally(1_200, { failed: 6 }))))).toBe(
      'pass: 73 requests, 40 of them probes: 0 failed (0 %), 0 took longer than 1000 ms (0 %); stable 0.5 % of 1,200',
    );
  });

  test('needs requests at each step anew, but not another test', () => {
    const first = weigh(begun(), evidence(tally(200)));
    const second = beginStep(first, evidence(tally(200)));
    expect(verdictOf(second)).toMatchObject({
      kind: 'inconclusive',
      needs: [{ service: 'backend', moreRequests: 30 }],
    });
    expect(verdictOf(weigh(second, evidence(tally(229)))).kind).toBe('inconclusive');
    expect(verdictOf(weigh(second, evidence(tally(230)))).kind).toBe('pass');
  });

  test('does not pass while a service has too little traffic, and the verdict says how much', () => {
    const trial = weigh(begun([backend, frontend]), evidence(tally(500), noRequests, tally(20)));
    expect(verdictText(verdictOf(trial))).toBe('inconclusive: frontend needs at least 53 more requests');
  });

  test('is not judged by what was counted before the trial', () => {
    const trial = beginTrial(judgeSettings([backend]), evidence(tally(900, { failed: 900 })));
    expect(verdictOf(weigh(trial, evidence(tally(973, { failed: 900 })))).kind).toBe('pass');
  });
});

describe('between the thresholds', () => {
  test('clearly above the warning threshold holds the weight', () => {
    const looks = Array.from({ length: 60 }, (_, look) =>
      evidence(tally(50 * look, { failed: look }), tally(900 * look)),
    );
    expect(verdictText(judged(...looks))).toBe(
      'warn: 59 of 2,950 requests of backend failed (2 %); 1 % is where warnings begin; stable 0 % of 53,100; the weight holds',
    );
  });

  test('a p95 above 500 ms holds the weight, and does not fail', () => {
    const look = evidence(tally(200, { slowerThan500ms: 40 }));
    expect(verdictText(judged(look))).toContain('warn: 40 of 200 requests of backend took longer than 500 ms (20 %)');
  });

  test('a suspicion holds the weight until more is known', () => {
    const suspected = judged(evidence(tally(2_000)), evidence(tally(2_005, { failed: 5 })));
    expect(verdictText(suspected)).toBe(
      'warn: 5 of the last 5 requests of backend failed (100 %); too few to say whether that is more than 5 %; the weight holds',
    );
    expect(
      judged(evidence(tally(2_000)), evidence(tally(2_005, { failed: 5 })), evidence(tally(2_200, { failed: 5 }))).kind,
    ).toBe('pass');
  });
});

describe('stable beside it', () => {
  const good = evidence(tally(200), tally(4_000));
  const outage = evidence(tally(210, { failed: 10 }), tally(4_200, { failed: 190 }));

  test('when stable fails in the same way at the same time, the candidate is not to blame', () => {
    expect(verdictText(judged(good, outage))).toBe(
      "inconclusive: 10 of the last 10 requests of backend failed (100 %), and so did 95 % of stable's 200 at the same time: the candidate is not to blame",
    );
  });

  test('when the outage is over, it is not held against the candidate', () => {
    const after = evidence(tally(260, { failed: 10 }), tally(5_200, { failed: 190 }));
    expect(judged(good, outage, after).kind).toBe('pass');
  });

  test('a candidate that still fails when stable is well again is failed', () => {
    const after = evidence(tally(260, { failed: 10 }), tally(5_200, { failed: 190 }));
    const still = evidence(tally(280, { failed: 30 }), tally(5_600, { failed: 190 }));
    expect(judged(good, outage, after, still).kind).toBe('fail');
  });

  test('a stable release that always fails a little does not excuse one that fails everything', () => {
    const stable = (look: number) => tally(1_000 * look, { failed: 40 * look });
    const looks = [1, 2, 3].map((look) => evidence(tally(20 * look, { failed: 20 * look }), stable(look)));
    expect(judged(...looks).kind).toBe('fail');
  });

  test('a stable release that fails does not keep the candidate that mends it from passing', () => {
    const looks = [1, 2, 3].map((look) => evidence(tally(40 * look), tally(1_000 * look, { failed: 200 * look })));
    expect(judged(...looks).kind).toBe('pass');
  });
});

describe('counts that cannot be read', () => {
  const unread: Evidence = { candidate: {}, stable: {} };

  test('are neither a failure nor a pass, and the verdict says so', () => {
    expect(verdictText(judged(unread))).toBe('inconclusive: no counts of backend can be read');
    expect(verdictText(judged(evidence(tally(200)), unread))).toBe('inconclusive: no counts of backend can be read');
    expect(judged(evidence(tally(200)), unread, evidence(tally(200))).kind).toBe('pass');
  });

  test('a counter that fell is followed afresh', () => {
    const looks = [evidence(tally(200)), evidence(tally(20, { failed: 20 }))];
    expect(judged(...looks).kind).toBe('inconclusive');
    expect(judged(...looks, evidence(tally(21, { failed: 20 }))).kind).toBe('pass');
  });
});

describe('settings', () => {
  test('a share that must not abort costs requests', () => {
    const needed = (failAgainstPercent: number) =>
      requestsNeeded(judgeSettings([backend], { failAgainstPercent }), 0.05).typical;
    expect(needed(2)).toBeGreaterThan(2 * needed(1));
    expect(needed(3)).toBeGreaterThan(2 * needed(2));
  });

  test('what cannot work is refused by name', () => {
    expect(() => judgeSettings([])).toThrow('services');
    expect(() => judgeSettings([backend], { failAgainstPercent: 5 })).toThrow('failAgainstPercent');
    expect(() => judgeSettings([backend], { alpha: 0 })).toThrow('alpha');
    expect(() => judgeSettings([backend], { leastRequests: 0 })).toThrow('leastRequests');
  });
});
