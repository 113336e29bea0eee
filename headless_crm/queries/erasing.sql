-- Of what was asked for, :requested has the ids; :landed is the source table, :raw its raw model,
-- and :removed keeps the rows that models downstream have yet to see go. :keyed is the raw model's
-- own query of all that has landed.

-- name: made
-- What the model makes of what was asked for: of what it took, and of what has landed and is not
-- taken yet, which is an event as well. And what it makes of the same contents under other ids.
with landed as (
    select
        id,
        record_hash
    from (:keyed) as keyed
),

asked as (
    select
        id,
        record_hash
    from :raw
    where id in (select requested.id from :requested as requested)
    union all
    select
        id,
        record_hash
    from landed
    where id in (select requested.id from :requested as requested)
)

select
    id,
    record_hash
from asked
union
select
    id,
    record_hash
from landed
where record_hash in (select record_hash from asked)

-- name: landed
-- The ids that these contents landed under, blank where they had none.
select distinct
    coalesce(trim(cast(landed.id as text), ' '), '') as id,
    md5(coalesce(cast(landed.record as text), '')) as record_hash
from :landed as landed
where md5(coalesce(cast(landed.record as text), '')) in (select unnest(cast(:hashes as text [])))

-- name: forget_landed
delete from :landed as landed
where
    exists (
        select 1
        from (
            select
                unnest(cast(:ids as text [])) as id,
                unnest(cast(:hashes as text [])) as record_hash
        ) as theirs
        where
            theirs.record_hash = md5(coalesce(cast(landed.record as text), ''))
            and theirs.id = coalesce(trim(cast(landed.id as text), ' '), '')
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
