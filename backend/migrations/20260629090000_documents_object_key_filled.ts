export const phase = 'backfill';

export const backfill = { table: 'documents', key: 'id', set: { object_key: 'stored_as' } };
