create table break_glass (
  practice_id text not null, id text not null, patient_id text not null, user_id text not null, reason bytea not null, broken_at timestamptz not null,
  until timestamptz not null, closed_at timestamptz, closed_by text, primary key (practice_id, id),
  foreign key (practice_id, patient_id) references patient (practice_id, id), foreign key (practice_id, user_id) references app_user (practice_id, id));
call audit.guard('break_glass');
create index break_glass_by_patient on break_glass (practice_id, patient_id, user_id);

-- Asked each time a session is resolved, before any patient is named: so it names no patient_id. An opaque id and a time.
create table location_pass (
  practice_id text not null, id text not null, user_id text not null, subject text not null, kind text not null, about text not null,
  since timestamptz not null, until timestamptz not null, ended_at timestamptz, primary key (practice_id, id),
  foreign key (practice_id, user_id) references app_user (practice_id, id), foreign key (practice_id, subject) references patient (practice_id, id));
call audit.guard('location_pass');
create index location_pass_by_user on location_pass (practice_id, user_id, until);

create table review_task (
  practice_id text not null, id text not null, kind text not null, about text not null, patient_id text, who_id text not null, reason bytea not null,
  opened_at timestamptz not null, told_at timestamptz, closed_at timestamptz, closed_by text, verdict text, note bytea, primary key (practice_id, id),
  -- Nobody closes the review of what she did herself.
  constraint review_by_somebody_else check (closed_by is null or closed_by <> who_id),
  foreign key (practice_id, patient_id) references patient (practice_id, id), foreign key (practice_id, who_id) references app_user (practice_id, id));
call audit.guard('review_task');
create index review_task_open on review_task (practice_id, opened_at) where closed_at is null;

create table care_team (
  practice_id text not null, id text not null, patient_id text not null, user_id text not null, kind text not null, added_by text not null,
  added_at timestamptz not null, until timestamptz not null, ended_at timestamptz, primary key (practice_id, id),
  foreign key (practice_id, patient_id) references patient (practice_id, id), foreign key (practice_id, user_id) references app_user (practice_id, id));
call audit.guard('care_team');
create index care_team_by_patient on care_team (practice_id, patient_id, user_id);

create table person_fact (
  practice_id text not null, id text not null, user_id text not null, kind text not null, what text not null, held_from date not null, held_until date,
  state text, version text, result text, allows text[] not null, said bytea, recorded_by text not null, recorded_at timestamptz not null,
  ended_at timestamptz, ended_by text, primary key (practice_id, id), foreign key (practice_id, user_id) references app_user (practice_id, id));
call audit.guard('person_fact');
call work.keep_edition('person_fact');
create index person_fact_by_user on person_fact (practice_id, user_id);

create table access_setting (
  practice_id text not null, id text not null, reach_hours int not null, treats_days_back int not null, treats_days_ahead int not null,
  grace_days int not null, training text not null, attestation text not null, licence text not null, exclusion text not null,
  training_from date, attestation_from date, licence_from date, exclusion_from date, changed_at timestamptz not null, changed_by text not null,
  primary key (practice_id, id), constraint access_setting_once unique (practice_id));
call audit.guard('access_setting');
call work.keep_edition('access_setting');
