-- Of what was asked for, :requested has the ids; :landed is the source table, :raw its raw model,
-- and :removed keeps the rows that models downstream have yet to see go.

-- name: known
select id
from :raw
where id in (select requested.id from :requested as requested)
union
select trim(cast(id as text), ' ') as id
from :landed
where trim(cast(id as text), ' ') in (select requested.id from :requested as requested)

-- name: forget_landed
-- Rows by the id that they have, and those that have it in what they hold: these are known by their
-- content, of which the raw model has the digest. An id that is too long for a key is none there.
delete from :landed as landed
where
    trim(cast(landed.id as text), ' ') in (select requested.id from :requested as requested)
    or exists (
        select 1
        from :raw as taken
        where
            taken.id in (select requested.id from :requested as requested)
            and taken.record_hash = md5(coalesce(cast(landed.record as text), ''))
            and (
                coalesce(length(trim(cast(landed.id as text), ' ')), 0) not between 1 and 500
                or left(taken.id, length(trim(cast(landed.id as text), ' ')) + 1) = trim(cast(landed.id as text), ' ') || '-'
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
