import type { IncomingHttpHeaders } from 'node:http';
import type { Cohort } from '@plumbline/contract/shape';
import { readCookie } from './cookie.ts';

/** Whether a request with these headers comes from the cohort. */
export const isOfCohort = (cohort: Cohort, headers: IncomingHttpHeaders): boolean => {
  switch (cohort.by) {
    case 'header':
      return headers[cohort.name.toLowerCase()] === cohort.value;
    case 'cookie':
      return readCookie(headers.cookie, cohort.name) === cohort.value;
    default:
      throw new Error(`unknown cohort: ${cohort satisfies never}`);
  }
};
