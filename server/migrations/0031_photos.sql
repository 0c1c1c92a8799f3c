-- Photos: what they show lies sealed in the object store; here is which there are, and how far each is.
create table photo (
  practice_id text not null, id text not null, patient_id text not null, appointment_id text, state text not null, view text not null,
  taken_at timestamptz not null, taken_by text not null, caption bytea, object_keys bytea not null, width int not null, height int not null,
  why text not null, created_at timestamptz not null,
  primary key (practice_id, id),
  foreign key (practice_id, patient_id) references patient (practice_id, id),
  foreign key (practice_id, appointment_id) references appointment (practice_id, id),
  foreign key (practice_id, taken_by) references app_user (practice_id, id),
  check (state in ('developing', 'ready', 'refused')));
call audit.guard('photo', 'select, insert, update, delete');
create index photo_by_patient on photo (practice_id, patient_id, taken_at);
