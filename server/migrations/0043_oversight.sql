-- Marked patients (asked about before every chart: hence the small index), and why somebody opened theirs.
create table patient_flag (
  practice_id text not null, id text not null, patient_id text not null, kind text not null check (kind in ('vip', 'team')), user_id text, reason bytea,
  set_by text not null, set_at timestamptz not null, ended_at timestamptz, ended_by text, opened_for text[] not null, primary key (practice_id, id),
  check ((kind = 'team') = (user_id is not null)),
  foreign key (practice_id, patient_id) references patient (practice_id, id), foreign key (practice_id, user_id) references app_user (practice_id, id));
call audit.guard('patient_flag');
create unique index one_vip_flag on patient_flag (practice_id, patient_id) where kind = 'vip' and ended_at is null;
create unique index one_team_flag on patient_flag (practice_id, patient_id, user_id) where ended_at is null;

create table access_reason (
  practice_id text not null, id text not null, patient_id text not null, user_id text not null, reason bytea not null, at timestamptz not null,
  primary key (practice_id, id),
  foreign key (practice_id, patient_id) references patient (practice_id, id), foreign key (practice_id, user_id) references app_user (practice_id, id));
call audit.guard('access_reason', 'select, insert');
create index access_reason_by_patient on access_reason (practice_id, patient_id, user_id, at);

-- Who looked at whom without visible cause: one row for each person, patient and day.
create table suspicion (
  practice_id text not null, id text not null, user_id text not null, patient_id text not null, day date not null, kinds text[] not null, clinical boolean not null,
  event_ids text[] not null, openings int not null, first_at timestamptz not null, last_at timestamptz not null, patients_that_day int, usual_patients int,
  state text not null check (state in ('open', 'justified', 'false-alarm', 'incident')), closed_at timestamptz, closed_by text, note bytea,
  primary key (practice_id, id), unique (practice_id, user_id, patient_id, day),
  -- Nobody judges herself.
  constraint judged_by_somebody_else check (closed_by is null or closed_by <> user_id),
  check ((state = 'open') = (closed_at is null)),
  foreign key (practice_id, patient_id) references patient (practice_id, id), foreign key (practice_id, user_id) references app_user (practice_id, id));
call audit.guard('suspicion');
create index suspicion_by_state on suspicion (practice_id, state, last_at);

create table suspicion_mute (
  practice_id text not null, id text not null, user_id text not null, patient_id text not null, kind text not null, reason bytea not null,
  set_by text not null, set_at timestamptz not null, until timestamptz not null, ended_at timestamptz, ended_by text, primary key (practice_id, id),
  constraint muted_by_somebody_else check (set_by <> user_id),
  foreign key (practice_id, patient_id) references patient (practice_id, id), foreign key (practice_id, user_id) references app_user (practice_id, id));
call audit.guard('suspicion_mute');
create index suspicion_mute_by_patient on suspicion_mute (practice_id, patient_id, user_id);

create table watch_progress (
  practice_id text not null, id text not null, seq int not null, looked_at timestamptz not null, detected_at timestamptz, primary key (practice_id, id), unique (practice_id));
call audit.guard('watch_progress');
create table volume_day (
  practice_id text not null, id text not null, user_id text not null, day date not null, patients int not null, flagged boolean not null,
  primary key (practice_id, id), unique (practice_id, user_id, day), foreign key (practice_id, user_id) references app_user (practice_id, id));
call audit.guard('volume_day');
create table staff_home (
  practice_id text not null, id text not null, user_id text not null, address bytea, phone bytea, changed_at timestamptz not null, changed_by text not null,
  primary key (practice_id, id), unique (practice_id, user_id), foreign key (practice_id, user_id) references app_user (practice_id, id));
call audit.guard('staff_home');

-- Who decides, once a quarter, what somebody keeps.
create table manages (
  practice_id text not null, id text not null, manager_id text not null, user_id text not null, primary key (practice_id, id), unique (practice_id, user_id),
  check (manager_id <> user_id),
  foreign key (practice_id, manager_id) references app_user (practice_id, id), foreign key (practice_id, user_id) references app_user (practice_id, id));
call audit.guard('manages', 'select, insert, delete');
create table campaign (
  practice_id text not null, id text not null, quarter text not null, opened_at timestamptz not null, opened_by text not null, reminded_at timestamptz,
  escalated_at timestamptz, closed_at timestamptz, primary key (practice_id, id));
call audit.guard('campaign');
create unique index one_open_campaign on campaign (practice_id) where closed_at is null;
create index campaign_by_time on campaign (practice_id, opened_at);
create table campaign_item (
  practice_id text not null, id text not null, campaign_id text not null, user_id text not null, reviewer_id text, escalated_from text, holds text[] not null,
  last_sign_in_at timestamptz, done_at timestamptz, primary key (practice_id, id), unique (practice_id, campaign_id, user_id),
  -- Nobody reviews herself.
  check (reviewer_id is null or reviewer_id <> user_id),
  foreign key (practice_id, campaign_id) references campaign (practice_id, id), foreign key (practice_id, user_id) references app_user (practice_id, id),
  foreign key (practice_id, reviewer_id) references app_user (practice_id, id));
call audit.guard('campaign_item');
create index campaign_item_by_reviewer on campaign_item (practice_id, reviewer_id) where done_at is null;
create table campaign_decision (
  practice_id text not null, id text not null, campaign_id text not null, user_id text not null, hold text not null, label bytea not null,
  decision text not null check (decision in ('confirmed', 'removed', 'gone')), decided_by text not null, decided_at timestamptz not null, note bytea,
  primary key (practice_id, id), constraint decided_once unique (practice_id, campaign_id, user_id, hold), check (decided_by <> user_id),
  foreign key (practice_id, campaign_id) references campaign (practice_id, id), foreign key (practice_id, user_id) references app_user (practice_id, id));
call audit.guard('campaign_decision', 'select, insert');
