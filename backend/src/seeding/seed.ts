import { createHash } from 'node:crypto';
import type { Database } from '../database/database.ts';
import { hashPassword } from '../sessions/passwords.ts';
import { defaultLocale } from '../sessions/users.ts';
import { builders, lenders } from './people.ts';
import { idOf } from './seed-id.ts';

/** Of every seeded user; known to everybody, which is why seed data never goes to production. */
export const SEED_PASSWORD = 'build-it-well';

const PROJECTS = 40;
const LOANS_PER_PROJECT = 3;
const EPOCH = Date.UTC(2026, 0, 5, 15);
const HOUR = 3_600_000;

const places = [
  'Riverside',
  'Maple',
  'Harbor',
  'Summit',
  'Cedar',
  'Juniper',
  'Foundry',
  'Orchard',
  'Lakeview',
  'Station',
];
const kinds = ['Lofts', 'Townhomes', 'Commons', 'Row'];
const statuses = ['active', 'planning', 'active', 'paused', 'active', 'completed'];

/** Adds what is missing, and leaves alone what is there: the same rows however often it runs. */
export async function seed(database: Database): Promise<{ users: number; projects: number; loans: number }> {
  const salt = createHash('sha256').update('connect2 seed').digest().subarray(0, 16);
  const password_hash = await hashPassword(SEED_PASSWORD, salt);
  const users = [...lenders, ...builders].map((person) => ({ ...person, locale: defaultLocale, password_hash }));
  const projects = Array.from({ length: PROJECTS }, (_, index) => seedProject(index));
  const loans = projects.flatMap((project, index) => seedLoans(project, index));
  const follows = loans.map(({ lender_id, project_id }) => ({ lender_id, project_id }));

  await database.transaction(async (transaction) => {
    for (const [table, rows] of Object.entries({ users, projects, loans, follows })) {
      await transaction(table).insert(rows).onConflict().ignore();
    }
    const told = await transaction('activity_log').where('entity_id', idOf('loan 0 0')).first('id');
    if (!told) await transaction('activity_log').insert(loans.map(seedActivity));
  });
  return { users: users.length, projects: projects.length, loans: loans.length };
}

function seedProject(index: number) {
  const created_at = new Date(EPOCH + index * 31 * HOUR);
  return {
    id: idOf(`project ${index}`),
    builder_id: pick(builders, index).id,
    name: `${pick(places, index)} ${pick(kinds, Math.floor(index / places.length))}`,
    address: `${100 + index * 17} ${pick(places, index + 3)} Street, Portland, OR`,
    status: pick(statuses, index),
    budget_cents: (80 + index * 5) * 1_000_000,
    created_at,
    updated_at: created_at,
  };
}

function seedLoans(project: ReturnType<typeof seedProject>, index: number) {
  return Array.from({ length: LOANS_PER_PROJECT }, (_, nth) => ({
    id: idOf(`loan ${index} ${nth}`),
    project_id: project.id,
    borrower_id: project.builder_id,
    lender_id: pick(lenders, index + (nth % 2)).id,
    amount_cents: (10 + ((index * 7 + nth * 13) % 20)) * 1_000_000,
    rate_basis_points: 625 + ((index + nth * 3) % 12) * 25,
    term_months: 12 + 6 * ((index + nth) % 4),
    created_at: new Date(project.created_at.getTime() + (nth + 1) * 5 * HOUR),
  }));
}

function seedActivity(loan: ReturnType<typeof seedLoans>[number]) {
  return {
    project_id: loan.project_id,
    actor_id: loan.lender_id,
    entity_type: 'loan',
    entity_id: loan.id,
    summary: `lent $${(loan.amount_cents / 100).toLocaleString('en-US')}`,
    created_at: loan.created_at,
  };
}

function pick<Item>(items: readonly Item[], index: number): Item {
  const item = items[index % items.length];
  if (item === undefined) throw new Error('there is nothing to pick from');
  return item;
}
