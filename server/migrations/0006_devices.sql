-- The devices that open patients' records: who they are (a public key), how they are kept (facts with source and time), who may sit at them.

alter table session add column device_id text, add column idle_minutes int;
create index session_by_device on session (practice_id, device_id) where device_id is not null;

create table device (
  practice_id text not null, id text not null, kind text not null, ownership text not null, location_id text not null, shared boolean not null,
  people text[] not null, name bytea not null, serial bytea, serial_token bytea, public_key text, code bytea not null, state text not null,
  platform text not null, asked_at timestamptz not null, asked_by text not null, enrolled_at timestamptz, enrolled_by text,
  approved_alone boolean not null, last_seen_at timestamptz, agreement_version text, agreement_signed_at timestamptz, agreement_signed_by text,
  ended_at timestamptz, ended_by text, disposal text,
  primary key (practice_id, id), foreign key (practice_id, location_id) references location (practice_id, id),
  foreign key (practice_id, asked_by) references app_user (practice_id, id));
call audit.guard('device');
create unique index device_by_serial on device (practice_id, serial_token) where state in ('waiting', 'enrolled');
create unique index device_by_key on device (practice_id, public_key);
alter table session add foreign key (practice_id, device_id) references device (practice_id, id);

create table device_challenge (
  practice_id text not null, id text not null, nonce bytea not null, session_id text, expires_at timestamptz not null,
  primary key (practice_id, id), unique (practice_id, nonce));
call audit.guard('device_challenge', 'select, insert, delete');

create table device_proof (
  practice_id text not null, id text not null, token bytea not null, session_id text not null, device_id text not null, expires_at timestamptz not null,
  primary key (practice_id, id), unique (practice_id, token),
  foreign key (practice_id, session_id) references session (practice_id, id), foreign key (practice_id, device_id) references device (practice_id, id));
call audit.guard('device_proof', 'select, insert, delete');
create index device_proof_by_session on device_proof (practice_id, session_id);

create table device_pin (
  practice_id text not null, id text not null, device_id text not null, user_id text not null, hash bytea not null, tries int not null,
  set_at timestamptz not null, proven_at timestamptz not null, last_used_at timestamptz,
  primary key (practice_id, id), unique (practice_id, device_id, user_id),
  foreign key (practice_id, device_id) references device (practice_id, id), foreign key (practice_id, user_id) references app_user (practice_id, id));
call audit.guard('device_pin', 'select, insert, update, delete');
create index device_pin_by_user on device_pin (practice_id, user_id);

create table device_fact (
  practice_id text not null, id text not null, device_id text not null, name text not null, source text not null, value text not null,
  at timestamptz not null, said_by text, primary key (practice_id, id), unique (practice_id, device_id, name, source),
  foreign key (practice_id, device_id) references device (practice_id, id));
call audit.guard('device_fact');

create table device_source (
  practice_id text not null, id text not null, kind text not null, name bytea not null, device_id text, enroll_secret bytea, signing_secret bytea,
  mapping bytea, made_at timestamptz not null, made_by text not null, last_used_at timestamptz, ended_at timestamptz,
  primary key (practice_id, id), foreign key (practice_id, device_id) references device (practice_id, id));
call audit.guard('device_source');
create unique index device_source_by_secret on device_source (practice_id, enroll_secret) where enroll_secret is not null;

create table device_report (
  practice_id text not null, id text not null, source_id text not null, signature bytea not null, at timestamptz not null, lines int not null,
  matched int not null, primary key (practice_id, id), unique (practice_id, signature),
  foreign key (practice_id, source_id) references device_source (practice_id, id));
call audit.guard('device_report', 'select, insert');

create table osquery_node (
  practice_id text not null, id text not null, source_id text not null, node_key bytea not null, host bytea not null, host_token bytea not null,
  serial bytea, serial_token bytea, platform text not null, device_id text, enrolled_at timestamptz not null, last_seen_at timestamptz not null,
  asked_at timestamptz, ended_at timestamptz, primary key (practice_id, id), unique (practice_id, node_key),
  foreign key (practice_id, source_id) references device_source (practice_id, id), foreign key (practice_id, device_id) references device (practice_id, id));
call audit.guard('osquery_node');
create index osquery_node_by_device on osquery_node (practice_id, device_id);

create table device_policy (
  practice_id text not null, id text not null, unenrolled text not null, unknown_posture text not null, personal_roles text[] not null,
  also_required text[] not null, oldest text[] not null, reported_within_days int, shared_idle_minutes int not null, changed_at timestamptz not null,
  changed_by text not null, primary key (practice_id, id));
call audit.guard('device_policy', 'select, insert');
create index device_policy_by_time on device_policy (practice_id, changed_at);
call work.keep_edition('device_policy');

create table incident_draft (
  practice_id text not null, id text not null, what text not null, device_id text not null, at timestamptz not null, told_by text not null, state text not null,
  note bytea, primary key (practice_id, id), foreign key (practice_id, device_id) references device (practice_id, id));
call audit.guard('incident_draft');
