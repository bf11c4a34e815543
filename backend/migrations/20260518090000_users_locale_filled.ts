/** The second release: whoever writes users writes the column by now, and the rows from before are filled. */
export const phase = 'backfill';

export const backfill = { table: 'users', key: 'id', set: { locale: "'en-US'" } };
