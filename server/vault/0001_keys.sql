-- The vault: wrapped keys, in a database of their own, apart from what they open. A dump of the records holds no key, and a key that is
-- destroyed here is gone from every backup of the records. Backups of the vault are short-lived.
revoke all on schema public from public;
grant usage on schema public to nacre_vault;
create table practice_key (
  practice_id text not null,
  kind text not null check (kind in ('data', 'index', 'trail')),
  version int not null,
  wrapped bytea not null,
  created_at timestamptz not null default now(),
  primary key (practice_id, kind, version));
create table patient_key (
  practice_id text not null,
  patient_id text not null,
  version int not null,
  wrapped bytea not null,
  primary key (practice_id, patient_id));
grant select, insert on practice_key to nacre_vault;
grant select, insert, delete on patient_key to nacre_vault;
