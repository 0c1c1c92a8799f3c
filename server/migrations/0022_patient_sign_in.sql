-- Patients' and their representatives' own sign-in, and who may act for whom.
-- What a door must read before it is known who comes has no patient_id: opaque ids, times and keyed hashes only (see link_session).

-- Counts codes asked for and tries, by a keyed hash of the address or the network.
create table patient_try (
  practice_id text not null, id text not null, about bytea not null, tries int not null, locked_until timestamptz, last_at timestamptz not null,
  primary key (practice_id, id), unique (practice_id, about));
call audit.guard('patient_try', 'select, insert, update, delete');

-- Somebody typed an address and waits for a code. A row is made for every address, whoever has it: only sign_in_proof says whether anybody does.
create table sign_in_ask (
  practice_id text not null, id text not null, address bytea not null, channel text not null, language text not null, token bytea,
  created_at timestamptz not null, expires_at timestamptz not null, sent_at timestamptz, used_at timestamptz, tries int not null,
  primary key (practice_id, id), unique (practice_id, token));
call audit.guard('sign_in_ask', 'select, insert, update, delete');
create index sign_in_ask_by_time on sign_in_ask (practice_id, created_at);

-- Code (or link) and birth date as one keyed hash: which of the two was wrong cannot be told, by nobody.
create table sign_in_proof (
  practice_id text not null, id text not null, ask_id text not null, person_id text not null, by_code bytea not null, by_link bytea not null,
  created_at timestamptz not null, primary key (practice_id, id));
call audit.guard('sign_in_proof', 'select, insert, update, delete');
create index sign_in_proof_by_code on sign_in_proof (practice_id, by_code);
create index sign_in_proof_by_link on sign_in_proof (practice_id, by_link);

create table representative (
  practice_id text not null, id text not null, name bytea not null, email bytea, email_token bytea, phone bytea, phone_token bytea,
  birth_date bytea not null, language text not null, created_at timestamptz not null, primary key (practice_id, id));
call audit.guard('representative');
create index representative_by_email on representative (practice_id, email_token);
create index representative_by_phone on representative (practice_id, phone_token);

-- ends_on is never a birthday: that a minor comes of age is worked out from her sealed birth date.
create table representation (
  practice_id text not null, id text not null, patient_id text not null, representative_id text not null, basis text not null, scopes text[] not null,
  starts_on date not null, ends_on date, document bytea, note bytea, state text not null check (state in ('proposed', 'confirmed', 'ended')),
  proposed_by text not null, proposed_at timestamptz not null, confirmed_by text, confirmed_at timestamptz, ended_by text, ended_at timestamptz,
  primary key (practice_id, id), check (state <> 'confirmed' or confirmed_by is not null),
  foreign key (practice_id, patient_id) references patient (practice_id, id),
  foreign key (practice_id, representative_id) references representative (practice_id, id));
call audit.guard('representation');
create index representation_by_patient on representation (practice_id, patient_id);
create index representation_by_representative on representation (practice_id, representative_id);

create table patient_session (
  practice_id text not null, id text not null, token bytea not null, self_id text, representative_id text, acting_for text, representation_id text,
  scopes text[] not null, how text not null, created_at timestamptz not null, last_active_at timestamptz not null, expires_at timestamptz not null,
  ended_at timestamptz, primary key (practice_id, id), unique (practice_id, token), check (self_id is not null or representative_id is not null));
call audit.guard('patient_session');
create index patient_session_by_self on patient_session (practice_id, self_id) where ended_at is null;
create index patient_session_by_representative on patient_session (practice_id, representative_id) where ended_at is null;

create table patient_passkey (
  practice_id text not null, id text not null, self_id text, representative_id text, credential bytea not null, credential_token bytea not null,
  public_key bytea not null, counter int not null, transports text[] not null, name bytea not null, created_at timestamptz not null, used_at timestamptz,
  primary key (practice_id, id), unique (practice_id, credential_token));
call audit.guard('patient_passkey', 'select, insert, update, delete');

create table patient_challenge (
  practice_id text not null, id text not null, challenge bytea not null, session_id text, created_at timestamptz not null, expires_at timestamptz not null,
  primary key (practice_id, id), unique (practice_id, challenge));
call audit.guard('patient_challenge', 'select, insert, update, delete');

-- A code to an address of a patient who is here already: to a new one before it counts, or to her own before earlier forms are shown.
create table address_check (
  practice_id text not null, id text not null, patient_id text not null, purpose text not null, channel text not null, address bytea, code bytea not null,
  created_at timestamptz not null, expires_at timestamptz not null, tries int not null, used_at timestamptz, primary key (practice_id, id),
  foreign key (practice_id, patient_id) references patient (practice_id, id));
call audit.guard('address_check');
create index address_check_by_patient on address_check (practice_id, patient_id);

-- Forms: by whom, and in what capacity. 45 CFR 164.508(c)(1)(vi), 164.502(g).
alter table form_response add column saved_by text;
alter table consent add column signed_by text, add column signed_as bytea;
alter table link_session add column verified_at timestamptz;
