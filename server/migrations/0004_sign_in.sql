alter table app_user add column password_changed_at timestamptz, add column locked_at timestamptz;

-- A browser in which somebody signed in, known again by a cookie; one row for each person who did.
create table known_browser (
  practice_id text not null, id text not null, user_id text not null, mark bytea not null, device bytea not null, first_at timestamptz not null,
  last_at timestamptz not null, primary key (practice_id, id), unique (practice_id, user_id, mark),
  foreign key (practice_id, user_id) references app_user (practice_id, id));
call audit.guard('known_browser');
create index known_browser_by_mark on known_browser (practice_id, mark);

alter table session add column began_with text, add column device bytea, add column network bytea, add column browser_id text,
  add foreign key (practice_id, browser_id) references known_browser (practice_id, id);

create table passkey (
  practice_id text not null, id text not null, user_id text not null, credential_id bytea not null, credential_id_token bytea not null,
  public_key bytea not null, counter double precision not null, transports text[] not null, synced boolean not null, name bytea not null,
  created_at timestamptz not null, last_used_at timestamptz, stopped_at timestamptz, primary key (practice_id, id),
  unique (practice_id, credential_id_token), foreign key (practice_id, user_id) references app_user (practice_id, id));
call audit.guard('passkey', 'select, insert, update, delete');
create index passkey_by_user on passkey (practice_id, user_id);

create table passkey_challenge (
  practice_id text not null, id text not null, challenge bytea not null, use text not null, session_id text, expires_at timestamptz not null,
  primary key (practice_id, id), unique (practice_id, challenge));
call audit.guard('passkey_challenge', 'select, insert, delete');
create index passkey_challenge_by_expiry on passkey_challenge (practice_id, expires_at);

create table authenticator_change (
  practice_id text not null, id text not null, user_id text not null, totp_secret bytea not null, expires_at timestamptz not null,
  primary key (practice_id, id), unique (practice_id, user_id), foreign key (practice_id, user_id) references app_user (practice_id, id));
call audit.guard('authenticator_change', 'select, insert, delete');

create table network_try (
  practice_id text not null, id text not null, network bytea not null, tries int not null, locked_until timestamptz, last_at timestamptz not null,
  primary key (practice_id, id), unique (practice_id, network));
call audit.guard('network_try', 'select, insert, update, delete');

create table sign_in_notice (
  practice_id text not null, id text not null, user_id text not null, kind text not null, about_id text not null, browser_id text, device bytea,
  network bytea, at timestamptz not null, sent_at timestamptz, answered_at timestamptz, answer text, primary key (practice_id, id),
  foreign key (practice_id, user_id) references app_user (practice_id, id), foreign key (practice_id, about_id) references app_user (practice_id, id));
call audit.guard('sign_in_notice');
create index sign_in_notice_waiting on sign_in_notice (practice_id, user_id) where answered_at is null;
