-- The medical history that a patient brings with her, imported or written down. Everything clinical is sealed, its dates too.

create table allergy (
  practice_id text not null, id text not null, patient_id text not null, recorded_at timestamptz not null, occurred bytea, code bytea not null,
  note bytea, encounter bytea, source bytea, source_token bytea, status bytea not null, verification bytea not null, kind bytea,
  categories bytea not null, criticality bytea, reactions bytea not null,
  primary key (practice_id, id), foreign key (practice_id, patient_id) references patient (practice_id, id));
create table condition (
  practice_id text not null, id text not null, patient_id text not null, recorded_at timestamptz not null, occurred bytea, code bytea not null,
  note bytea, encounter bytea, source bytea, source_token bytea, status bytea not null, verification bytea not null, category bytea,
  primary key (practice_id, id), foreign key (practice_id, patient_id) references patient (practice_id, id));
create table medication (
  practice_id text not null, id text not null, patient_id text not null, recorded_at timestamptz not null, occurred bytea, code bytea not null,
  note bytea, encounter bytea, source bytea, source_token bytea, status bytea not null, intent bytea not null, dosage bytea not null,
  reasons bytea not null, prescriber bytea,
  primary key (practice_id, id), foreign key (practice_id, patient_id) references patient (practice_id, id));
create table immunization (
  practice_id text not null, id text not null, patient_id text not null, recorded_at timestamptz not null, occurred bytea, code bytea not null,
  note bytea, encounter bytea, source bytea, source_token bytea, status bytea not null, lot bytea, site bytea,
  primary key (practice_id, id), foreign key (practice_id, patient_id) references patient (practice_id, id));
create table encounter (
  practice_id text not null, id text not null, patient_id text not null, recorded_at timestamptz not null, occurred bytea, code bytea not null,
  note bytea, encounter bytea, source bytea, source_token bytea, status bytea not null, setting bytea not null, reasons bytea not null,
  providers bytea not null, place bytea,
  primary key (practice_id, id), foreign key (practice_id, patient_id) references patient (practice_id, id));
create table procedure (
  practice_id text not null, id text not null, patient_id text not null, recorded_at timestamptz not null, occurred bytea, code bytea not null,
  note bytea, encounter bytea, source bytea, source_token bytea, status bytea not null, reasons bytea not null, body_sites bytea not null,
  primary key (practice_id, id), foreign key (practice_id, patient_id) references patient (practice_id, id));
create table document (
  practice_id text not null, id text not null, patient_id text not null, recorded_at timestamptz not null, occurred bytea, code bytea not null,
  note bytea, encounter bytea, source bytea, source_token bytea, status bytea not null, title bytea, authors bytea not null,
  content_type bytea not null, text bytea, content bytea, url bytea,
  primary key (practice_id, id), foreign key (practice_id, patient_id) references patient (practice_id, id));

do $$ declare t text; begin
  foreach t in array array['allergy', 'condition', 'medication', 'immunization', 'encounter', 'procedure', 'document'] loop
    execute format('call audit.guard(%L)', t);
    execute format('create index %I on %I (practice_id, patient_id)', t || '_by_patient', t);
    execute format('create unique index %I on %I (practice_id, source_token)', t || '_by_source', t);
  end loop;
end $$;
