/**
 * Schemas that are no app's, as a list in SQL: PostgreSQL's own, and the one that the journal of migrations lies in. What an app
 * has is looked for everywhere else.
 */
export const foreignSchemas = "('pg_catalog', 'information_schema', 'pg_toast', 'plumbline_journal')";
