create table appointment (
  practice_id text not null, id text not null, patient_id text not null, location_id text not null, provider_id text not null, service_id text not null,
  starts_at timestamptz not null, ends_at timestamptz not null, state text not null, source text not null, created_at timestamptz not null,
  checked_in_at timestamptz, paid_at timestamptz,
  primary key (practice_id, id),
  check (starts_at < ends_at),
  check (state in ('booked', 'checked-in', 'in-treatment', 'done', 'cancelled', 'no-show')),
  -- Deferred: whoever books first takes the slot before a patient is added, so that those who lose the race leave nobody behind.
  foreign key (practice_id, patient_id) references patient (practice_id, id) deferrable initially deferred,
  foreign key (practice_id, location_id) references location (practice_id, id),
  foreign key (practice_id, provider_id) references app_user (practice_id, id),
  foreign key (practice_id, service_id) references service (practice_id, id),
  -- Two people cannot take one slot: decided here, not in the application.
  constraint appointment_no_overlap exclude using gist (practice_id with =, provider_id with =, tstzrange(starts_at, ends_at) with &&)
    where (state not in ('cancelled', 'no-show')));
call audit.guard('appointment');
create index appointment_by_location on appointment (practice_id, location_id, starts_at);
create index appointment_by_provider on appointment (practice_id, provider_id, starts_at);
create index appointment_by_patient on appointment (practice_id, patient_id, starts_at);

-- Transactions that write overlapping rows at the same moment each find the other's in the exclusion index and wait for each other: a
-- deadlock, found after a second. So writers of one provider's same half hours stand in line before they write. In ascending order, so that
-- the lines themselves cannot lock each other.
create function work.stand_in_line() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$ begin
  perform pg_advisory_xact_lock(hashtextextended(new.practice_id || new.provider_id, half_hour))
    from generate_series(floor(extract(epoch from new.starts_at) / 1800)::bigint, (ceil(extract(epoch from new.ends_at) / 1800) - 1)::bigint) half_hour;
  return new;
end $$;
revoke execute on function work.stand_in_line() from public;
create trigger appointment_line before insert or update of provider_id, starts_at, ends_at, state on appointment
  for each row when (new.state not in ('cancelled', 'no-show')) execute function work.stand_in_line();
