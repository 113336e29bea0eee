-- Of what was asked for, :requested has the ids; :landed is the source table, :raw its raw model,
-- and :removed keeps the rows that models downstream have yet to see go. :keyed is the raw model's
-- own query of all that has landed.

-- name: versions
-- All that has the ids, or will have: what has landed and is not taken yet is an event as well.
select
    id,
    record_hash
from :raw
where id in (select requested.id from :requested as requested)
union
select
    id,
    record_hash
from (:keyed) as landed
where id in (select requested.id from :requested as requested)

-- name: forget_landed
-- By the versions, of which :ids and :hashes are lists. Rows are known by their content, since the
-- model makes ids of it, or puts some of it behind the row's own: alone, that is no event's id. One
-- that is too long for a key is none.
delete from :landed as landed
where
    exists (
        select 1
        from (
            select
                unnest(cast(:ids as text [])) as id,
                unnest(cast(:hashes as text [])) as record_hash
        ) as versions
        where
            versions.record_hash = md5(coalesce(cast(landed.record as text), ''))
            and (
                coalesce(length(trim(cast(landed.id as text), ' ')), 0) not between 1 and 500
                or versions.id = trim(cast(landed.id as text), ' ')
                or left(versions.id, length(trim(cast(landed.id as text), ' ')) + 1) = trim(cast(landed.id as text), ' ') || '-'
            )
    )
returning 1

-- name: keep_aside
insert into :removed (id, record, record_hash, synced_at, _ingested_at, _removed_at)
select
    id,
    record,
    record_hash,
    synced_at,
    _ingested_at,
    :stamp
from :raw
where id in (select requested.id from :requested as requested)

-- name: take_away
delete from :raw
where id in (select requested.id from :requested as requested)
returning 1

-- name: forget_failures
delete from failed_events
where source = :source and id in (select requested.id from :requested as requested)
