create table practice (
  practice_id text not null, id text not null, name text not null, idle_minutes int not null, phone text not null,
  base_url text not null default '', created_at timestamptz not null, primary key (practice_id, id), check (practice_id = id));
call audit.guard('practice');
call work.keep_edition('practice');
create table location (
  practice_id text not null, id text not null, name text not null, address text not null, time_zone text not null,
  primary key (practice_id, id), foreign key (practice_id, practice_id) references practice (practice_id, id));
call audit.guard('location');
call work.keep_edition('location');
create table service (
  practice_id text not null, id text not null, name text not null, minutes int not null, price_cents int not null, online_booking boolean not null,
  active boolean not null, primary key (practice_id, id));
call audit.guard('service');
call work.keep_edition('service');

create table app_user (
  practice_id text not null, id text not null, email bytea not null, email_token bytea not null, name bytea not null, credential text not null,
  roles text[] not null, location_ids text[] not null, is_provider boolean not null, active boolean not null, password_hash bytea not null,
  totp_secret bytea not null, totp_used_step int not null, recovery_codes bytea not null,
  created_at timestamptz not null, primary key (practice_id, id), unique (practice_id, email_token));
call audit.guard('app_user');
call work.keep_edition('app_user');
create table session (
  practice_id text not null, id text not null, token bytea not null, user_id text not null, created_at timestamptz not null,
  last_active_at timestamptz not null, expires_at timestamptz not null, proven_at timestamptz not null, locked_at timestamptz, unlock_tries int not null, ended_at timestamptz,
  primary key (practice_id, id), unique (practice_id, token), foreign key (practice_id, user_id) references app_user (practice_id, id));
call audit.guard('session');
create index session_by_user on session (practice_id, user_id);

create table role_change (
  practice_id text not null, id text not null, name text not null, title text not null, based_on text not null, adds text[] not null,
  removes text[] not null, changed_at timestamptz not null, changed_by text not null, primary key (practice_id, id), unique (practice_id, name));
call audit.guard('role_change', 'select, insert, update, delete');

create table working_hours (
  practice_id text not null, id text not null, user_id text not null, location_id text not null, weekday int not null, from_minute int not null,
  to_minute int not null, primary key (practice_id, id), check (from_minute < to_minute),
  foreign key (practice_id, user_id) references app_user (practice_id, id), foreign key (practice_id, location_id) references location (practice_id, id));
call audit.guard('working_hours', 'select, insert, update, delete');
call work.keep_edition('working_hours');
create index working_hours_by_user on working_hours (practice_id, user_id);
create table service_provider (
  practice_id text not null, id text not null, service_id text not null, user_id text not null, primary key (practice_id, id),
  unique (practice_id, service_id, user_id), foreign key (practice_id, service_id) references service (practice_id, id),
  foreign key (practice_id, user_id) references app_user (practice_id, id));
call audit.guard('service_provider', 'select, insert, update, delete');
call work.keep_edition('service_provider');

create table patient (
  practice_id text not null, id text not null, location_ids text[] not null, given_name bytea not null, family_name bytea not null, called_name bytea,
  birth_date bytea not null, phone bytea, email bytea, address bytea, sex_at_birth bytea, language text not null, source bytea, source_token bytea,
  created_at timestamptz not null, primary key (practice_id, id));
call audit.guard('patient');
create unique index patient_by_source on patient (practice_id, source_token);

create table vendor (
  practice_id text not null, id text not null, name text not null, channel text not null, since timestamptz not null, primary key (practice_id, id));
call audit.guard('vendor');
create table agreement (
  practice_id text not null, id text not null, vendor_id text not null, starts_on date not null, ends_on date not null, signed_by text not null,
  primary key (practice_id, id), foreign key (practice_id, vendor_id) references vendor (practice_id, id));
call audit.guard('agreement');
create table outbox_message (
  practice_id text not null, id text not null, patient_id text, channel text not null, template text not null, recipient bytea not null,
  subject bytea not null, body bytea not null, state text not null, problem text not null, created_at timestamptz not null, settled_at timestamptz,
  primary key (practice_id, id), foreign key (practice_id, patient_id) references patient (practice_id, id));
call audit.guard('outbox_message');
create table disclosure (
  practice_id text not null, id text not null, patient_id text not null, at timestamptz not null, recipient text not null, purpose text not null,
  what text not null, event_id text not null, primary key (practice_id, id), foreign key (practice_id, patient_id) references patient (practice_id, id));
call audit.guard('disclosure', 'select, insert');
create index disclosure_by_patient on disclosure (practice_id, patient_id);

create table access_request (
  practice_id text not null, id text not null, user_id text not null, action text not null, reason bytea not null, at timestamptz not null,
  closed_at timestamptz, closed_by text, primary key (practice_id, id), foreign key (practice_id, user_id) references app_user (practice_id, id));
call audit.guard('access_request');

create table sign_in_try (
  practice_id text not null, id text not null, email bytea not null, tries int not null, locked_until timestamptz, last_at timestamptz not null,
  primary key (practice_id, id), unique (practice_id, email));
call audit.guard('sign_in_try', 'select, insert, update, delete');

-- Which practices live here: ids only, for the scheduler and for a machine with a single practice.
create function work.practices() returns setof text language sql stable security definer set search_path = pg_catalog, pg_temp as $$ select id from public.practice order by created_at $$;
revoke execute on function work.practices() from public;
grant execute on function work.practices() to nacre_app;
