import pg from 'pg'
import { openDatabases } from '../server/src/platform/databases.ts'
import { configOf } from './practice.ts'

/**
 * What the record of each access costs is measured by leaving it out: the owner of the database replaces the gate's functions by ones that
 * store nothing, for as long as `work` takes. Everything else stays as it is. Only ever in the database that the measuring made.
 */
const STORES_NOTHING = `
create or replace function audit.enter(p_practice text, p_event text, p_actor text, p_roles text, p_via text, p_action text, p_purpose text,
  p_patient text, p_places text[], p_request text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$ begin
  perform set_config('nacre.practice', p_practice, true), set_config('nacre.bench', array[p_practice, p_patient, p_action]::text, true),
    set_config('nacre.bench_places', p_places::text, true);
end $$;
create or replace function audit.leave(p_practice text, p_event text, p_what text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$ begin end $$;
create or replace function audit.scope(out practice_id text, out subject text, out places text[], out action text) returns setof record
language plpgsql stable security definer rows 1 set search_path = pg_catalog, pg_temp as $$
declare named text[] := current_setting('nacre.bench', true)::text[]; begin
  return query select named[1], named[2], current_setting('nacre.bench_places', true)::text[], named[3];
end $$;
create or replace function audit.keys() returns text[] language plpgsql stable security definer as $$
declare named text[] := current_setting('nacre.bench', true)::text[]; begin
  return array[named[1] || ' ' || named[2]] || current_setting('nacre.bench_places', true)::text[];
end $$;`

export const withoutAudit = async <T>(dataDir: string, work: () => Promise<T>): Promise<T> => {
  const owner = new pg.Client((await openDatabases(configOf(dataDir))).owner)
  await owner.connect()
  try {
    const { rows } = await owner.query<{ made: string }>(
      `select pg_get_functiondef(p.oid) as made from pg_proc p where p.pronamespace = 'audit'::regnamespace and p.proname in ('enter', 'leave', 'scope', 'keys')`,
    )
    try {
      await owner.query(STORES_NOTHING)
      return await work()
    } finally {
      for (const { made } of rows) await owner.query(made)
    }
  } finally {
    await owner.end()
  }
}
