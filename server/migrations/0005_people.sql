-- Invitations, recovery, changes of access with two people, tokens of integrations, departures.
create table invitation (
  practice_id text not null, id text not null, token bytea, email bytea not null, email_token bytea not null, name bytea not null,
  credential text not null, roles text[] not null, location_ids text[] not null, is_provider boolean not null, invited_by text not null,
  at timestamptz not null, expires_at timestamptz not null, waits boolean not null, confirmed_by text, alone boolean not null, reason bytea not null, used_at timestamptz, withdrawn_at timestamptz, user_id text,
  primary key (practice_id, id), unique (practice_id, token), foreign key (practice_id, user_id) references app_user (practice_id, id),
  check (confirmed_by <> invited_by));
call audit.guard('invitation');
create index invitation_by_email on invitation (practice_id, email_token);
-- Whoever is invited twice has one invitation that works: decided here, so that two administrators at the same moment cannot differ.
create unique index invitation_open on invitation (practice_id, email_token) where used_at is null and withdrawn_at is null;

create table proposal (
  practice_id text not null, id text not null, kind text not null check (kind in ('person', 'role', 'invitation')), user_id text, role_name text,
  invitation_id text, proposed_by text not null, at timestamptz not null, expires_at timestamptz not null, before bytea not null, after bytea not null,
  gained text[] not null, lost text[] not null, reason bytea not null, outcome text not null, closed_at timestamptz, closed_by text,
  primary key (practice_id, id), foreign key (practice_id, user_id) references app_user (practice_id, id),
  foreign key (practice_id, proposed_by) references app_user (practice_id, id),
  foreign key (practice_id, invitation_id) references invitation (practice_id, id));
call audit.guard('proposal');
create table access_change (
  practice_id text not null, id text not null, user_id text, role_name text, at timestamptz not null, by text not null, confirmed_by text,
  before bytea not null, after bytea not null, gained text[] not null, lost text[] not null, reason bytea not null, alone boolean not null,
  primary key (practice_id, id), foreign key (practice_id, user_id) references app_user (practice_id, id),
  check (not alone or confirmed_by is null), check (confirmed_by <> by), check (confirmed_by <> user_id));
call audit.guard('access_change', 'select, insert');
create index access_change_by_time on access_change (practice_id, at);
create table lone_review (
  practice_id text not null, id text not null, change_id text not null, by text not null, at timestamptz not null,
  primary key (practice_id, id), unique (practice_id, change_id), foreign key (practice_id, change_id) references access_change (practice_id, id));
call audit.guard('lone_review', 'select, insert');

create table recovery_ask (
  practice_id text not null, id text not null, email bytea not null, email_token bytea not null, at timestamptz not null, expires_at timestamptz not null,
  primary key (practice_id, id), unique (practice_id, email_token));
call audit.guard('recovery_ask', 'select, insert, update, delete');
create table recovery (
  practice_id text not null, id text not null, user_id text not null, approved_by text not null, approved_at timestamptz not null, how text not null,
  token bytea not null, code bytea, tries int not null, expires_at timestamptz not null, used_at timestamptz, closed_at timestamptz,
  primary key (practice_id, id), unique (practice_id, token), foreign key (practice_id, user_id) references app_user (practice_id, id),
  check (approved_by <> user_id));
call audit.guard('recovery');
create index recovery_by_user on recovery (practice_id, user_id);

create table api_token (
  practice_id text not null, id text not null, user_id text not null, label bytea not null, secret bytea not null, actions text[] not null,
  location_ids text[] not null, created_at timestamptz not null, expires_at timestamptz not null, last_used_at timestamptz, revoked_at timestamptz,
  primary key (practice_id, id), unique (practice_id, secret), foreign key (practice_id, user_id) references app_user (practice_id, id));
call audit.guard('api_token');
create index api_token_by_user on api_token (practice_id, user_id);

create table departure (
  practice_id text not null, id text not null, user_id text not null, by text not null, at timestamptz not null, reason bytea not null,
  roles text[] not null, location_ids text[] not null, ended bytea not null,
  primary key (practice_id, id), foreign key (practice_id, user_id) references app_user (practice_id, id), check (by <> user_id));
call audit.guard('departure', 'select, insert');

-- When somebody was last here: what finds accounts that nobody uses.
create index session_by_user_and_time on session (practice_id, user_id, created_at desc);
