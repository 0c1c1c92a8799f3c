create table sso_provider (
  practice_id text not null, id text not null, label text not null, issuer text not null, client_id text not null, client_secret bytea not null,
  domains text[] not null, second_factor text not null, acr_values text[] not null, active boolean not null, changed_at timestamptz not null,
  primary key (practice_id, id));
call audit.guard('sso_provider');
create table sso_account (
  practice_id text not null, id text not null, provider_id text not null, subject bytea not null, user_id text not null, linked_at timestamptz not null,
  primary key (practice_id, id), unique (practice_id, provider_id, subject),
  foreign key (practice_id, provider_id) references sso_provider (practice_id, id), foreign key (practice_id, user_id) references app_user (practice_id, id));
call audit.guard('sso_account', 'select, insert, update, delete');
create index sso_account_by_user on sso_account (practice_id, user_id);
create table sso_try (
  practice_id text not null, id text not null, provider_id text not null, state bytea not null, browser bytea not null, nonce bytea not null,
  code_verifier bytea not null, expires_at timestamptz not null, primary key (practice_id, id), unique (practice_id, state),
  foreign key (practice_id, provider_id) references sso_provider (practice_id, id));
call audit.guard('sso_try', 'select, insert, update, delete');
create table sso_half (
  practice_id text not null, id text not null, token bytea not null, user_id text not null, tries int not null, expires_at timestamptz not null,
  primary key (practice_id, id), unique (practice_id, token), foreign key (practice_id, user_id) references app_user (practice_id, id));
call audit.guard('sso_half', 'select, insert, update, delete');
