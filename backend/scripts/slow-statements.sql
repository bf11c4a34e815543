-- Which statements take the database's time, the worst first; times in milliseconds.
-- psql "$DATABASE_URL" --file scripts/slow-statements.sql
-- pg_stat_statements has to be preloaded (terraform/modules/rds does) and created once: create extension pg_stat_statements.
select calls,
       round(total_exec_time) as total_ms,
       round(mean_exec_time::numeric, 1) as mean_ms,
       rows,
       left(query, 100) as statement
from pg_stat_statements
order by total_exec_time desc
limit 10;
