export const config = { transaction: false };

/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  let last = 0;
  for (;;) {
    const { rows } = await knex.raw(
      'with b as (select id from users where id > ? and new_field is null order by id limit 500), f as (update users u set new_field = ? from b where b.id = u.id returning u.id) select max(id)::int as last from f',
      [last, 'default_value'],
    );
    if (rows[0].last === null) break;
    last = rows[0].last;
  }
};
