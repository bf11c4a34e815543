import pg from 'pg';
import type { Station } from './station.ts';

/** Lends a connection to the control plane's own database, past the control plane. */
export const withControlDatabase = async <T>(
  station: Station,
  work: (database: pg.Client) => Promise<T>,
): Promise<T> => {
  const database = new pg.Client({ connectionString: await station.databaseUrl() });
  await database.connect();
  try {
    return await work(database);
  } finally {
    await database.end();
  }
};

/** How many steps the engine has recorded of a delivery: each new one is a boundary that its control plane has just passed. */
export const recordedSteps = async (database: pg.Client, delivery: string): Promise<number> => {
  const { rows } = await database.query(
    'select count(*)::int as steps from plumbline_workflows.operation_outputs where workflow_uuid = $1',
    [delivery],
  );
  return rows[0].steps;
};

export const hasEnded = async (database: pg.Client, delivery: string): Promise<boolean> => {
  const { rows } = await database.query('select ended_at from plumbline.deliveries where number = $1', [
    delivery.slice(2),
  ]);
  return rows[0]?.ended_at != null;
};

/** The instance whose control plane carries a delivery out. */
export const instanceAtWork = async (database: pg.Client, delivery: string): Promise<string> => {
  const { rows } = await database.query(
    'select executor_id from plumbline_workflows.workflow_status where workflow_uuid = $1',
    [delivery],
  );
  return rows[0].executor_id;
};

/** All that a control plane writes while it works, to be compared. Leases are not work. */
export const writtenState = async (database: pg.Client): Promise<Readonly<Record<string, unknown>>> => {
  const written: Record<string, unknown> = {};
  for (const table of [
    'plumbline.audit',
    'plumbline.environments',
    'plumbline.climbs',
    'plumbline.deliveries',
    'plumbline.progress',
    'plumbline_workflows.operation_outputs',
  ]) {
    const { rows } = await database.query(
      `select to_jsonb(one) as row from ${table} as one order by to_jsonb(one)::text`,
    );
    written[table] = rows;
  }
  return written;
};
