-- Treatment notes. A draft is its author's; a signed note is never changed again, by nobody: later words are addenda.

create table treatment_note (
  practice_id text not null, id text not null, patient_id text not null, appointment_id text, author_id text not null, state text not null,
  started_at timestamptz not null, saved_at timestamptz not null, signed_at timestamptz, revision int not null, body bytea not null,
  injections bytea not null, content_hash bytea,
  primary key (practice_id, id),
  foreign key (practice_id, patient_id) references patient (practice_id, id),
  foreign key (practice_id, appointment_id) references appointment (practice_id, id),
  foreign key (practice_id, author_id) references app_user (practice_id, id),
  check (state in ('draft', 'signed')),
  check ((state = 'signed') = (signed_at is not null) and (state = 'signed') = (content_hash is not null)));
call audit.guard('treatment_note');
create index treatment_note_by_patient on treatment_note (practice_id, patient_id, started_at);
-- One draft for each author and visit, so that two windows cannot start two notes.
create unique index one_draft_a_visit on treatment_note (practice_id, author_id, appointment_id) where state = 'draft' and appointment_id is not null;
create unique index one_draft_without_visit on treatment_note (practice_id, author_id, patient_id) where state = 'draft' and appointment_id is null;

-- The lock lies in the database: it also holds against SQL that does not come from an action.
create function signed_notes_stay() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$ begin
  raise exception 'a signed note is never changed: add an addendum' using errcode = 'integrity_constraint_violation';
end $$;
create trigger signed_notes_stay before update or delete on treatment_note for each row when (old.state = 'signed') execute function signed_notes_stay();

create table note_addendum (
  practice_id text not null, id text not null, patient_id text not null, note_id text not null, author_id text not null,
  added_at timestamptz not null, body bytea not null, content_hash bytea not null,
  primary key (practice_id, id),
  foreign key (practice_id, patient_id) references patient (practice_id, id),
  foreign key (practice_id, note_id) references treatment_note (practice_id, id),
  foreign key (practice_id, author_id) references app_user (practice_id, id));
call audit.guard('note_addendum', 'select, insert');
create index note_addendum_by_patient on note_addendum (practice_id, patient_id, added_at);

-- Lots on the shelf: about products, not about patients.
create table product_lot (
  practice_id text not null, id text not null, product text not null, lot text not null, expires_on date not null, added_by text not null,
  added_at timestamptz not null, closed_at timestamptz,
  primary key (practice_id, id), unique (practice_id, product, lot),
  foreign key (practice_id, added_by) references app_user (practice_id, id));
call audit.guard('product_lot');
