import type pg from 'pg';
import { z } from 'zod';
import { foreignSchemas } from './foreign-schemas.ts';

const names = z.array(z.string());

/** What old code can depend on, as PostgreSQL's catalogue has it. Relations are written "schema.name". */
const schemaFacts = z.object({
  relations: z.array(
    z.object({
      oid: z.number(),
      name: z.string(),
      /** pg_class.relkind: r table, p partitioned, v view, m materialized view, S sequence. */
      kind: z.string(),
      hasRowSecurity: z.boolean(),
      isPartition: z.boolean(),
      grants: names,
      columns: z.array(
        z.object({
          number: z.number(),
          name: z.string(),
          type: z.string(),
          typeOid: z.number(),
          isRequired: z.boolean(),
          default: z.string().nullable(),
          /** PostgreSQL fills it and takes no value for it: generated, or identity always. */
          isAlwaysFilled: z.boolean(),
          isIdentity: z.boolean(),
        }),
      ),
      constraints: z.array(
        z.object({
          name: z.string(),
          /** pg_constraint.contype: p, u, x, c, f. */
          kind: z.string(),
          definition: z.string(),
          columns: names,
          isValid: z.boolean(),
          refers: z.string().nullable(),
        }),
      ),
      uniqueIndexes: z.array(
        z.object({
          name: z.string(),
          columns: names,
          definition: z.string(),
          isPartial: z.boolean(),
          isValid: z.boolean(),
        }),
      ),
      triggers: names,
    }),
  ),
  functions: z.array(z.object({ oid: z.number(), name: z.string(), takes: z.string(), answers: z.string() })),
  enums: z.array(z.object({ oid: z.number(), name: z.string(), labels: names })),
});
export type SchemaFacts = z.infer<typeof schemaFacts>;
export type RelationFacts = SchemaFacts['relations'][number];
export type ColumnFacts = RelationFacts['columns'][number];

/** Reads them by one query. */
export const factsOf = async (client: pg.Client): Promise<SchemaFacts> =>
  schemaFacts.parse((await client.query<{ facts: unknown }>(factsQuery)).rows[0]?.facts);

const ours = `n.nspname not in ${foreignSchemas} and n.nspname !~ '^pg_temp'`;
const attributes = (key: string) =>
  `(select coalesce(jsonb_agg(a.attname order by u.ord), '[]') from unnest(${key}) with ordinality u(num, ord) join pg_attribute a on a.attrelid = c.oid and a.attnum = u.num)`;

const factsQuery = `select jsonb_build_object(
  'relations', (select coalesce(jsonb_agg(jsonb_build_object(
    'oid', c.oid::int8, 'name', n.nspname || '.' || c.relname, 'kind', c.relkind, 'hasRowSecurity', c.relrowsecurity,
    'isPartition', c.relispartition,
    'grants', (select coalesce(jsonb_agg(case g.grantee when 0 then 'public' else g.grantee::regrole::text end || ': ' || g.privilege_type), '[]')
      from aclexplode(c.relacl) g where g.grantee <> c.relowner),
    'columns', (select coalesce(jsonb_agg(jsonb_build_object('number', a.attnum, 'name', a.attname,
        'type', format_type(a.atttypid, a.atttypmod), 'typeOid', a.atttypid::int8, 'isRequired', a.attnotnull,
        'default', pg_get_expr(d.adbin, d.adrelid), 'isAlwaysFilled', a.attgenerated <> '' or a.attidentity = 'a',
        'isIdentity', a.attidentity <> '') order by a.attnum), '[]')
      from pg_attribute a left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and c.relkind <> 'S'),
    'constraints', (select coalesce(jsonb_agg(jsonb_build_object('name', k.conname, 'kind', k.contype, 'definition', pg_get_constraintdef(k.oid),
        'columns', ${attributes('k.conkey')}, 'isValid', k.convalidated,
        'refers', (select fn.nspname || '.' || f.relname from pg_class f join pg_namespace fn on fn.oid = f.relnamespace where f.oid = k.confrelid))), '[]')
      from pg_constraint k where k.conrelid = c.oid and k.contype in ('p', 'u', 'x', 'c', 'f')),
    'uniqueIndexes', (select coalesce(jsonb_agg(jsonb_build_object('name', i.indexrelid::regclass::text, 'columns', ${attributes('i.indkey::int2[]')},
        'definition', pg_get_indexdef(i.indexrelid), 'isPartial', i.indpred is not null, 'isValid', i.indisvalid)), '[]')
      from pg_index i where i.indrelid = c.oid and i.indisunique),
    'triggers', (select coalesce(jsonb_agg(t.tgname), '[]') from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal and t.tgenabled <> 'D')
  ) order by c.oid), '[]') from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'S') and ${ours} and c.relname not like 'knex_migrations%'),
  'functions', (select coalesce(jsonb_agg(jsonb_build_object('oid', p.oid::int8, 'name', n.nspname || '.' || p.proname,
      'takes', pg_get_function_identity_arguments(p.oid), 'answers', coalesce(pg_get_function_result(p.oid), ''))), '[]')
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${ours} and p.prokind in ('f', 'p')
      and p.prorettype <> 'trigger'::regtype
      and not exists (select from pg_depend e where e.objid = p.oid and e.classid = 'pg_proc'::regclass and e.deptype = 'e')),
  'enums', (select coalesce(jsonb_agg(jsonb_build_object('oid', t.oid::int8, 'name', t.oid::regtype::text,
      'labels', (select jsonb_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid))), '[]')
    from pg_type t join pg_namespace n on n.oid = t.typnamespace where t.typtype = 'e' and ${ours})
) as facts`;
