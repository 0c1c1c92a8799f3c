-- The database as second witness: a row about a patient is shown only to a transaction that has itself written an audit event naming
-- that practice and that patient (or '*', across patients, which the trail then says). No event, no rows.
-- nacre_app is the login of the application: no superuser, no owner, no right to touch the trail but through the functions below.
-- nacre_trail is the login of the sequencer: it reads events, adds leaves and heads, and cannot change either.

create extension if not exists btree_gist;
revoke all on schema public from public;
grant usage on schema public to nacre_app;
create schema audit;
grant usage on schema audit to nacre_app, nacre_trail;

create table audit.event (
  practice_id text not null,
  id text not null,
  at timestamptz not null default clock_timestamp(),
  xact xid8 not null default pg_current_xact_id(),
  actor text not null,
  roles text not null,
  via text not null,
  action text not null,
  purpose text not null,
  patient_id text not null,
  places text[] not null,
  outcome text not null check (outcome in ('done', 'denied', 'failed')),
  rule text not null,
  request text not null,
  primary key (practice_id, id));
comment on table audit.event is 'One row for each thing that was done, refused or failed. Never changed: nobody has the right to.';
create index event_by_xact on audit.event (xact);

create table audit.opened (
  practice_id text not null,
  event_id text not null,
  what text not null,
  primary key (practice_id, event_id));
comment on table audit.opened is 'What the event opened: canonical JSON, a list of {record, patientId, rows, fields}. Field names, never values.';

create table audit.leaf (
  practice_id text not null,
  seq bigint not null,
  event_id text not null,
  hash bytea not null,
  primary key (practice_id, seq),
  unique (practice_id, event_id));
create table audit.touched (
  practice_id text not null,
  patient_id text not null,
  seq bigint not null,
  primary key (practice_id, patient_id, seq));
create table audit.head (
  practice_id text not null,
  size bigint not null,
  root bytea not null,
  at text not null,
  key_id text not null,
  signature text not null,
  frontier bytea not null,
  primary key (practice_id, size));
create table audit.progress (only_one boolean primary key default true check (only_one), below xid8 not null);
insert into audit.progress values (true, '0');

grant select on audit.event, audit.opened, audit.leaf, audit.touched, audit.head, audit.progress to nacre_trail;
grant insert on audit.leaf, audit.touched, audit.head to nacre_trail;
grant update (below) on audit.progress to nacre_trail;

-- Every function with the owner's rights ends its search path with pg_temp: left out, it is searched first for types, and a caller could
-- make a type named "text" there whose check would run as the owner. (Nor may the logins make anything in pg_temp: platform/postgres.ts.)

-- Opens the gate for this transaction. The event comes first, so that nothing can be read without it. Returns the edition of the practice's
-- settings (0002_kernel.sql).
create function audit.enter(p_practice text, p_event text, p_actor text, p_roles text, p_via text, p_action text, p_purpose text,
  p_patient text, p_places text[], p_request text) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$ begin
  insert into audit.event (practice_id, id, actor, roles, via, action, purpose, patient_id, places, outcome, rule, request)
  values (p_practice, p_event, p_actor, p_roles, p_via, p_action, p_purpose, p_patient, p_places, 'done', '', p_request);
  perform set_config('nacre.event', p_practice || ' ' || p_event, true), set_config('nacre.practice', p_practice, true);
  return (select edition from work.edition where practice_id = p_practice);
end $$;

-- Notes what was opened, as the last thing before the commit. Only for the event of this very transaction.
create function audit.leave(p_practice text, p_event text, p_what text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$ begin
  insert into audit.opened (practice_id, event_id, what)
  select e.practice_id, e.id, p_what from audit.event e
  where e.practice_id = p_practice and e.id = p_event and e.xact = pg_current_xact_id_if_assigned();
  if not found then raise exception 'what was opened can only be noted by the transaction that opened it'; end if;
end $$;

-- A refusal or a failure, after its transaction was rolled back.
create function audit.refuse(p_practice text, p_event text, p_actor text, p_roles text, p_via text, p_action text, p_purpose text,
  p_patient text, p_places text[], p_request text, p_outcome text, p_rule text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$ begin
  if p_outcome not in ('denied', 'failed') then raise exception 'a refusal is denied or failed'; end if;
  insert into audit.event (practice_id, id, actor, roles, via, action, purpose, patient_id, places, outcome, rule, request)
  values (p_practice, p_event, p_actor, p_roles, p_via, p_action, p_purpose, p_patient, p_places, p_outcome, p_rule, p_request);
end $$;

-- What this transaction may see: the scope of the event that it wrote itself. An old event's id does not help: its transaction is over.
-- A view, because policies ask it for each statement: a function that says the same takes twice as long. It reads the trail with its
-- owner's rights, and is a barrier, so that no condition of the asker's is tried on anybody else's event. What its names mean was settled
-- when it was made: nobody's pg_temp changes it.
create view audit.mine with (security_barrier) as
  select practice_id, case patient_id when '*' then practice_id end as whole, practice_id || ' ' || patient_id as subject, places, action
  from audit.event
  where practice_id = split_part(current_setting('nacre.event', true), ' ', 1) and id = split_part(current_setting('nacre.event', true), ' ', 2)
    and xact = pg_current_xact_id_if_assigned() and outcome = 'done';

revoke execute on all functions in schema audit from public;
grant execute on function audit.enter, audit.leave, audit.refuse to nacre_app;
grant select on audit.mine to nacre_app;

-- The trail itself is read through actions named trail.…, each of which is an event like every other.
grant select on audit.event, audit.opened, audit.leaf, audit.touched, audit.head to nacre_app;
do $$ declare t text; begin
  foreach t in array array['event', 'opened', 'leaf', 'touched', 'head'] loop
    execute format('alter table audit.%I enable row level security', t);
    execute format('create policy reviewed on audit.%I for select to nacre_app
      using (practice_id = (select m.practice_id from audit.mine m where m.action like ''trail.%%''))', t);
    execute format('create policy sequencing on audit.%I to nacre_trail using (true) with check (true)', t);
  end loop;
end $$;

-- Puts a table under the guard. With patient_id (or as the patient record itself): only with an event naming that patient, at a location
-- within the actor's places. Without: the practice's own. Every table of the application goes through this; a test asserts it.
create procedure audit.guard(guarded regclass, rights text default 'select, insert, update') language plpgsql as $$
declare
  name text := (select relname from pg_class where oid = guarded);
  has_column boolean;
  subject text;
  named text;
  rule text;
begin
  select exists (select from pg_attribute where attrelid = guarded and attname = 'patient_id') into has_column;
  subject := case when name = 'patient' then 'id' when has_column then 'patient_id' end;
  execute format('alter table %s enable row level security', guarded);
  execute format('grant %s on %s to nacre_app', rights, guarded);
  if subject is null then
    execute format('create policy own_practice on %s using (practice_id = current_setting(''nacre.practice'', true))', guarded);
    return;
  end if;
  -- A row that may be about no patient (a message to somebody of the team) is shown to an event that names none.
  select case when attnotnull then format('%I', subject) else format('coalesce(%I, ''-'')', subject) end into named
    from pg_attribute where attrelid = guarded and attname = subject;
  -- The sub-selects are uncorrelated: each is asked once for a statement and not for a row, and the second only where the first was no.
  rule := format('(practice_id = (select m.whole from audit.mine m) or practice_id || '' '' || %s = (select m.subject from audit.mine m))', named);
  select exists (select from pg_attribute where attrelid = guarded and attname = 'location_id') into has_column;
  if has_column then rule := rule || ' and (select m.places from audit.mine m) && array[''*'', location_id]'; end if;
  select exists (select from pg_attribute where attrelid = guarded and attname = 'location_ids') into has_column;
  if has_column then rule := rule || ' and (select m.places from audit.mine m) && (location_ids || ''*''::text)'; end if;
  execute format('create policy witnessed on %s using (%s)', guarded, rule);
end $$;
revoke execute on procedure audit.guard from public;
