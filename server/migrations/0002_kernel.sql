-- What the kernel itself keeps: the blind index, idempotency, jobs, and the outbox with the vendors it may use.

create table blind_index (
  practice_id text not null,
  token bigint not null,
  patient_id text not null,
  primary key (practice_id, token, patient_id));
comment on table blind_index is 'Keyed hashes by which a sealed patient is found; see docs/decisions/ for what they tell a thief.';
call audit.guard('blind_index', 'select, insert, delete');
create index blind_index_by_patient on blind_index (practice_id, patient_id);

create table idempotency (
  practice_id text not null,
  actor text not null,
  key text not null,
  patient_id text not null,
  action text not null,
  input bytea not null,
  answer bytea not null,
  opened text not null,
  at timestamptz not null default now(),
  primary key (practice_id, actor, key));
call audit.guard('idempotency', 'select, insert');

create table job (
  practice_id text not null,
  id text not null,
  name text not null,
  input jsonb not null,
  run_at timestamptz not null,
  attempts int not null default 0,
  state text not null default 'waiting' check (state in ('waiting', 'done', 'failed')),
  locked_until timestamptz not null default '-infinity',
  problem text not null default '',
  primary key (practice_id, id));
comment on column job.input is 'Opaque ids and amounts only: a queue holds no PHI.';
call audit.guard('job', 'select, insert');
create index job_waiting on job (run_at) where state = 'waiting';

-- Taking, finishing and putting back of jobs across practices: the runner reads ids and names, nothing else.
create schema work;
grant usage on schema work to nacre_app;
create function work.take(p_most int, p_lock_seconds int) returns setof public.job
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update public.job j set locked_until = now() + make_interval(secs => p_lock_seconds), attempts = j.attempts + 1
  where (j.practice_id, j.id) in (
    select practice_id, id from public.job where state = 'waiting' and run_at <= now() and locked_until < now()
    order by run_at limit p_most for update skip locked)
  returning j.* $$;
create function work.finish(p_practice text, p_id text) returns void language sql security definer set search_path = pg_catalog, pg_temp as $$
  delete from public.job where practice_id = p_practice and id = p_id $$;
create function work.retry(p_practice text, p_id text, p_seconds int, p_problem text) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update public.job set run_at = now() + make_interval(secs => p_seconds), locked_until = '-infinity', problem = p_problem,
    state = case when attempts >= 12 then 'failed' else 'waiting' end
  where practice_id = p_practice and id = p_id $$;
revoke execute on all functions in schema work from public;
grant execute on all functions in schema work to nacre_app;

-- Settings are seldom changed and needed by nearly every request (locations, services, hours, the team). The server keeps them in memory for
-- as long as the practice's edition stands, which it reads with the opening of the gate. Every change gives a new edition, in the same
-- transaction; a random one, so that a restored backup is not taken for what was there before it.
create table work.edition (practice_id text primary key, edition uuid not null);
create function work.edition(p_practice text) returns uuid language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select edition from work.edition where practice_id = p_practice $$;
revoke execute on function work.edition from public;
grant execute on function work.edition to nacre_app;
create function work.new_edition() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$ begin
  insert into work.edition values (coalesce(new.practice_id, old.practice_id), gen_random_uuid())
  on conflict (practice_id) do update set edition = excluded.edition;
  return null;
end $$;
revoke execute on function work.new_edition from public;
-- Called for the table of every record that is declared as settings; a test asserts it.
create procedure work.keep_edition(setting regclass) language plpgsql as $$ begin
  execute format('create trigger new_edition after insert or update or delete on %s for each row execute function work.new_edition()', setting);
end $$;
revoke execute on procedure work.keep_edition from public;
