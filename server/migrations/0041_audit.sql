-- Checks of the sealed trail and reviews signed by a person.
create table trail_check (
  practice_id text not null, id text not null, requested_by text not null, requested_at timestamptz not null, finished_at timestamptz,
  state text not null, events int not null, heads int not null, sealed int not null, root text not null, first_bad int, finding text not null,
  primary key (practice_id, id));
call audit.guard('trail_check');
create index trail_check_by_time on trail_check (practice_id, requested_at);

create table review (
  practice_id text not null, id text not null, subject text not null, reviewed_by text not null, at timestamptz not null,
  primary key (practice_id, id), foreign key (practice_id, reviewed_by) references app_user (practice_id, id));
call audit.guard('review', 'select, insert');
create index review_by_subject on review (practice_id, subject, at);

-- Refused and failed attempts are few and looked for often.
create index event_not_done on audit.event (practice_id, id) where outcome <> 'done';

-- Figures about the trail of the practice that is asking, for its controls: counts and times, nobody's events.
create function audit.self_check(p_refused_since timestamptz, out head_size bigint, out head_at text, out unsealed bigint, out oldest_unsealed_at text,
  out first_event_at text, out refused bigint, out may_change boolean) returns record
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare mine text := current_setting('nacre.practice', true); iso text := 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'; begin
  select h.size, h.at into head_size, head_at from audit.head h where h.practice_id = mine order by h.size desc limit 1;
  select count(*), to_char(min(e.at) at time zone 'UTC', iso) into unsealed, oldest_unsealed_at from audit.event e
    where e.practice_id = mine and e.xact >= (select below from audit.progress) and e.xact is distinct from pg_current_xact_id_if_assigned()
      and not exists (select from audit.leaf l where l.practice_id = mine and l.event_id = e.id);
  select to_char(e.at at time zone 'UTC', iso) into first_event_at from audit.event e where e.practice_id = mine order by e.id limit 1;
  select count(*) into refused from audit.event e where e.practice_id = mine and e.outcome = 'denied' and e.at >= p_refused_since;
  may_change := has_table_privilege('nacre_app', 'audit.event', 'update, delete, truncate') or has_table_privilege('nacre_app', 'audit.leaf', 'update, delete, truncate')
    or has_table_privilege('nacre_app', 'audit.head', 'update, delete, truncate') or has_table_privilege('nacre_trail', 'audit.event', 'update, delete, truncate')
    or has_table_privilege('nacre_trail', 'audit.leaf', 'update, delete, truncate') or has_table_privilege('nacre_trail', 'audit.head', 'update, delete, truncate');
end $$;
revoke execute on function audit.self_check from public;
grant execute on function audit.self_check to nacre_app;
