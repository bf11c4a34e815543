/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.schema.createTable('comments', (table) => {
    table.bigIncrements('id');
    table.bigInteger('user_id').notNullable().references('users.id').onDelete('CASCADE');
    table.text('body').notNullable();
    table.timestamps(true, true);
    table.index(['user_id', 'created_at']);
  });
};
