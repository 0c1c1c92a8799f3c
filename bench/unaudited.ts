import pg from 'pg'
import { openDatabases } from '../server/src/platform/databases.ts'
import { configOf } from './practice.ts'

/**
 * What the record of each access costs is measured by leaving it out: the owner of the database replaces the gate's functions by ones that
 * store nothing, for as long as `work` takes. Everything else stays as it is. Only ever in the database that the measuring made.
 */
const STORES_NOTHING = `
create or replace function audit.enter(p_practice text, p_event text, p_actor text, p_roles text, p_via text, p_action text, p_purpose text,
  p_patient text, p_places text[], p_request text) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$ begin
  perform set_config('nacre.practice', p_practice, true), set_config('nacre.bench', array[p_practice, p_patient, p_action]::text, true),
    set_config('nacre.bench_places', p_places::text, true);
  return (select edition from work.edition where practice_id = p_practice);
end $$;
create or replace function audit.leave(p_practice text, p_event text, p_what text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$ begin end $$;
create or replace view audit.mine with (security_barrier) as
  select of[1] as practice_id, case of[2] when '*' then of[1] end as whole, of[1] || ' ' || of[2] as subject,
    current_setting('nacre.bench_places', true)::text[] as places, of[3] as action
  from (select current_setting('nacre.bench', true)::text[] as of) named`

export const withoutAudit = async <T>(dataDir: string, work: () => Promise<T>): Promise<T> => {
  const owner = new pg.Client((await openDatabases(configOf(dataDir))).owner)
  await owner.connect()
  try {
    const { rows } = await owner.query<{ made: string }>(
      `select pg_get_functiondef(p.oid) as made from pg_proc p where p.pronamespace = 'audit'::regnamespace and p.proname in ('enter', 'leave')
       union all select 'create or replace view audit.mine with (security_barrier) as ' || pg_get_viewdef('audit.mine'::regclass)`,
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
