-- What a run for single events asks. Tables without a schema are those of the schema crm.

-- name: stamps
select
    stamp,
    previous_stamp
from writer_lock
where holder = :run_id

-- name: marks
select
    model,
    upstream,
    absorbed
from watermarks

-- name: found
select
    id,
    max(_ingested_at) = (select stamp from writer_lock) as is_new
from :raw
where id in (select requested.id from :requested as requested)
group by id

-- name: reasons
-- Of the newest version, unless one that came with it is an event. What has no time is the oldest.
select
    requested.id,
    letters.reason
from :requested as requested
inner join dead_letters as letters
    on requested.id = letters.source_key
where
    letters.source_table = ':model'
    and coalesce(letters.synced_at, cast('0001-01-01' as timestamp)) >= (
        select coalesce(max(raw_rows.synced_at), cast('0001-01-01' as timestamp))
        from :raw as raw_rows
        where raw_rows.id = requested.id
    )
    and not exists (
        select 1
        from (:events) as told
        where told.id = requested.id and told.synced_at >= letters.synced_at
    )

-- name: forget_failures
delete from failed_events
where
    source = ':source'
    and id in (select requested.id from :requested as requested)
    and id in (select raw_rows.id from :raw as raw_rows)
returning id

-- name: count_failure
update failed_events
set
    attempts = attempts + 1,
    reason = :reason,
    last_failed_at = :now
where source = :source and id = :id

-- name: note_failure
insert into failed_events (source, id, reason, attempts, first_failed_at, last_failed_at)
select
    :source,
    :id,
    :reason,
    1,
    :now,
    :now
where not exists (select 1 from failed_events where source = :source and id = :id)

-- name: note_marks
update watermarks
set absorbed = :stamp
where model in (select unnest(cast(:models as text[])))

-- name: affected
with told as (:events)

select
    told.id as request,
    'person' as kind,
    participants.person_id as id
from told
inner join person_participants as participants
    on told.event_id = participants.event_id
union
select
    told.id as request,
    'group' as kind,
    participants.group_id as id
from told
inner join group_participants as participants
    on told.event_id = participants.event_id
union
select
    told.id as request,
    'membership' as kind,
    memberships.membership_id as id
from told
inner join entity_memberships as memberships
    on told.event_id = memberships.event_id
