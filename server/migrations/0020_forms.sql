-- Links to a patient's forms, her answers, and what she signed.

create table visit_link (
  practice_id text not null, id text not null, token bytea not null, patient_id text not null, appointment_id text, sent_by text not null,
  created_at timestamptz not null, expires_at timestamptz not null, used_at timestamptz, tries int not null, closed_at timestamptz,
  primary key (practice_id, id), unique (practice_id, token),
  foreign key (practice_id, patient_id) references patient (practice_id, id),
  foreign key (practice_id, appointment_id) references appointment (practice_id, id));
call audit.guard('visit_link');
create index visit_link_by_patient on visit_link (practice_id, patient_id);
create index visit_link_by_appointment on visit_link (practice_id, appointment_id);

-- No patient_id: the door must know who comes before there can be an event about her. It holds an opaque id and times, and nothing is
-- read with it but through actions, each of which is an event that names her.
create table link_session (
  practice_id text not null, id text not null, token bytea not null, link_id text not null, stands_for text not null,
  created_at timestamptz not null, expires_at timestamptz not null, ended_at timestamptz,
  primary key (practice_id, id), unique (practice_id, token),
  foreign key (practice_id, link_id) references visit_link (practice_id, id));
call audit.guard('link_session');

create table form_response (
  practice_id text not null, id text not null, patient_id text not null, appointment_id text, form_name text not null, form_version text not null,
  language text not null, answers bytea not null, state text not null check (state in ('draft', 'submitted')),
  started_at timestamptz not null, saved_at timestamptz not null, submitted_at timestamptz,
  primary key (practice_id, id), check ((state = 'submitted') = (submitted_at is not null)),
  foreign key (practice_id, patient_id) references patient (practice_id, id),
  foreign key (practice_id, appointment_id) references appointment (practice_id, id));
call audit.guard('form_response');
create unique index form_response_one_draft on form_response (practice_id, patient_id, form_name) where state = 'draft';
create index form_response_by_patient on form_response (practice_id, patient_id, submitted_at);
create index form_response_by_appointment on form_response (practice_id, appointment_id);

create table consent (
  practice_id text not null, id text not null, patient_id text not null, kind text not null,
  decision text not null check (decision in ('accepted', 'declined')), text_version text not null, text_hash text not null,
  language text not null, uses text[] not null, method text not null, signature bytea, signed_at timestamptz not null,
  expires_at timestamptz not null, revoked_at timestamptz, revoked_how text,
  primary key (practice_id, id), check ((revoked_at is null) = (revoked_how is null)), check (decision = 'declined' or signature is not null),
  foreign key (practice_id, patient_id) references patient (practice_id, id));
call audit.guard('consent');
-- One decision of a kind stands; a new one ends the one before.
create unique index consent_one_stands on consent (practice_id, patient_id, kind) where revoked_at is null;
create index consent_by_patient on consent (practice_id, patient_id, signed_at);

-- What was submitted or signed does not change: not by the application, not by mistake. 45 CFR 164.312(c)(1), 164.508(b)(6).
create function forms_keep_submitted() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$ begin
  if old.state = 'submitted' then raise exception 'a submitted form is never changed'; end if;
  return new;
end $$;
create trigger keep_submitted before update on form_response for each row execute function forms_keep_submitted();
create function forms_keep_signed() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$ begin
  if old.revoked_at is not null or (to_jsonb(new) - array['revoked_at', 'revoked_how']) <> (to_jsonb(old) - array['revoked_at', 'revoked_how'])
    then raise exception 'a signed consent is never changed, only revoked once'; end if;
  return new;
end $$;
create trigger keep_signed before update on consent for each row execute function forms_keep_signed();
