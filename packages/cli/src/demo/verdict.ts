import type { DemoReport } from './demo.ts';

/** Whether the demo held what Plumbline promises: nothing failed, lost, doubled or mixed, nothing left, and a whole audit. */
export const isWell = ({ requests, writes, visitors, audit, left }: DemoReport): boolean =>
  requests.failed === 0 &&
  writes.lost === 0 &&
  writes.duplicated === 0 &&
  visitors.mixed === 0 &&
  audit.verified &&
  left.length === 0;

/** The report for a person. */
export const reportLines = (report: DemoReport): readonly string[] => {
  const { requests, exposures, writes, visitors, audit, stages, left } = report;
  return [
    '',
    ...stages.map(({ name, ms }) => `  ${name.padEnd(36)} ${(ms / 1000).toFixed(1).padStart(7)} s`),
    '',
    `  ${requests.sent} requests, ${requests.failed} failed`,
    ...requests.failures.map((words) => `    ${words}`),
    ...exposures.map(
      ({ fault, answered, failed, ms, because }) =>
        `  bad release (${fault}): ${answered} requests in ${(ms / 1000).toFixed(1)} s, ${failed} failed; ${because}`,
    ),
    `  ${writes.acknowledged} writes acknowledged, ${writes.lost} lost, ${writes.duplicated} duplicated`,
    `  ${visitors.pageLoads} page loads, ${visitors.mixed} met two releases`,
    `  ${audit.records} audit records, ${audit.verified ? 'verified' : 'NOT VERIFIED'}`,
    `  left behind: ${left.length === 0 ? 'nothing' : left.join('; ')}`,
  ];
};
