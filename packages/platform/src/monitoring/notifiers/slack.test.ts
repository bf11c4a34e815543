import type { Notice } from '@plumbline/contract/notice';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { noticeOf } from '../testing/notices.ts';
import { notifierContract } from './notifier.contract.ts';
import { slack } from './slack.ts';

notifierContract(slack);

const body = z.object({ text: z.string(), blocks: z.tuple([z.object({ text: z.object({ text: z.string() }) })]) });
const linesOf = (more: Partial<Notice>) => {
  const request = slack.request({ app: 'shop', notice: noticeOf(more) });
  const { text, blocks } = body.parse(JSON.parse(request.body));
  return { text, lines: blocks[0].text.text.split('\n') };
};

test("the specification's message, in clean text: environment, release, commit, who, link and command", () => {
  expect(linesOf({ site: 'https://connect2.blueprint.com' }).lines).toEqual([
    '*Production delivery successful*',
    '✅ shop: release `r-0123456789ab`, commit `3f2a9c1d4b5e`, Show the borrower on a loan',
    '👤 ann asked for d-12',
    '🔗 <https://connect2.blueprint.com|View site>',
    '▶️ `plumb rollback production`',
  ]);
});

test('a failure says why', () => {
  expect(linesOf({ kind: 'failed', because: 'smoke: GET / answered 500' }).lines).toContain(
    '💬 smoke: GET / answered 500',
  );
});

test('fits into a section of Slack also when all of it is escaped', () => {
  const much = '&'.repeat(10_000);
  const { lines } = linesOf({ kind: 'failed', because: much, subject: much, who: '&'.repeat(80) });
  expect(lines.join('\n').length).toBeLessThan(3_000);
});

test('what people wrote calls nobody and ends no code', () => {
  const { text, lines } = linesOf({ subject: '<!channel> & `co`', who: '<@U1>', commit: 'a`b' });
  expect(lines[1]).toContain("commit `a'b`, &lt;!channel&gt; &amp; `co`");
  expect(`${text}${lines.join()}`).not.toMatch(/<[!@]/);
});
