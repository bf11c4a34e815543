import type { Knex } from 'knex';

export const phase = 'expand';

export async function up(knex: Knex): Promise<void> {
  await createUsers(knex);
  await createProjects(knex);
  await createFollows(knex);
  await createLoans(knex);
  await createDocuments(knex);
  await createActivityLog(knex);
}

export async function down(knex: Knex): Promise<void> {
  for (const table of ['activity_log', 'documents', 'loans', 'follows', 'projects', 'users']) {
    await knex.schema.dropTable(table);
  }
}

const createUsers = (knex: Knex) =>
  knex.schema.createTable('users', (table) => {
    table.uuid('id').primary().defaultTo(knex.fn.uuid());
    table.text('email').notNullable().unique();
    table.text('name').notNullable();
    table.text('role').notNullable().checkIn(['lender', 'builder']);
    table.text('password_hash').notNullable();
    table.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
  });

const createProjects = (knex: Knex) =>
  knex.schema.createTable('projects', (table) => {
    table.uuid('id').primary().defaultTo(knex.fn.uuid());
    table.uuid('builder_id').notNullable().references('users.id').index();
    table.text('name').notNullable();
    table.text('address').notNullable();
    table.text('status').notNullable().checkIn(['planning', 'active', 'paused', 'completed']);
    table.bigint('budget_cents').notNullable().checkPositive();
    table.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    table.timestamp('updated_at').notNullable().defaultTo(knex.fn.now());
  });

const createFollows = (knex: Knex) =>
  knex.schema.createTable('follows', (table) => {
    table.uuid('lender_id').notNullable().references('users.id');
    table.uuid('project_id').notNullable().references('projects.id').onDelete('CASCADE').index();
    table.primary(['lender_id', 'project_id']);
  });

const createLoans = (knex: Knex) =>
  knex.schema.createTable('loans', (table) => {
    table.uuid('id').primary().defaultTo(knex.fn.uuid());
    table.uuid('project_id').notNullable().references('projects.id').index();
    table.uuid('borrower_id').notNullable().references('users.id').index();
    table.uuid('lender_id').notNullable().references('users.id').index();
    table.bigint('amount_cents').notNullable().checkPositive();
    table.integer('rate_basis_points').notNullable();
    table.integer('term_months').notNullable().checkPositive();
    table.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
  });

const createDocuments = (knex: Knex) =>
  knex.schema.createTable('documents', (table) => {
    table.uuid('id').primary().defaultTo(knex.fn.uuid());
    table.uuid('project_id').notNullable().references('projects.id').index();
    table.uuid('uploaded_by').notNullable().references('users.id').index();
    table.text('name').notNullable();
    table.text('media_type').notNullable();
    table.bigint('size_bytes').notNullable();
    table.text('sha256').notNullable();
    table.text('stored_as').notNullable().unique();
    table.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
  });

const createActivityLog = (knex: Knex) =>
  knex.schema.createTable('activity_log', (table) => {
    table.bigIncrements('id');
    table.uuid('project_id').notNullable().references('projects.id');
    table.uuid('actor_id').notNullable().references('users.id').index();
    table.text('entity_type').notNullable().checkIn(['project', 'loan', 'document']);
    table.uuid('entity_id').notNullable();
    table.text('summary').notNullable();
    table.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    table.index(['project_id', 'id']);
  });
