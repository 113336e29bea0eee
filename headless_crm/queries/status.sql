-- What a warehouse's runs have done and have left. :landed is a source table and :taken its raw
-- model; where one does not exist, no_landed and no_taken stand in its place.

-- name: tables
-- Not of information_schema, which on a server hides what one may not read: that is to be an error.
select
    schemas.nspname,
    relations.relname
from pg_catalog.pg_class as relations
inner join pg_catalog.pg_namespace as schemas on relations.relnamespace = schemas.oid
where relations.relkind in ('r', 'p', 'v', 'm', 'f')

-- name: no_landed
(
    select
        cast(null as text) as id,
        cast(null as text) as record,
        cast(null as timestamp) as synced_at
    where 1 = 0
)

-- name: no_taken
(
    select
        cast(null as text) as id,
        cast(null as text) as record_hash,
        cast(null as timestamp) as _ingested_at
    where 1 = 0
)

-- name: lock
select
    writer_lock.holder,
    writer_lock.kind,
    ledger.started_at,
    writer_lock.renewed_at,
    writer_lock.session_id
from crm.writer_lock
left join crm.ledger on writer_lock.holder = ledger.run_id
where writer_lock.holder is not null

-- name: runs
select
    run_id,
    stamp,
    kind,
    started_at,
    finished_at,
    status
from crm.ledger
where kind <> 'event'
order by stamp desc
limit 10

-- name: taken_by_run
select
    _ingested_at,
    count(*) as rows_taken
from :taken as taken
where _ingested_at >= ?
group by _ingested_at

-- name: landed
-- By way of a time with a zone, since a loader's column may be one, or text with an offset. A cast
-- of text fails on what is no time, and no engine's way around that is another's: so only text is
-- cast that is sure to be one, with seconds and without a space before its offset.
select
    count(*) as landed,
    cast(max(
        case
            when left(cast(pg_typeof(synced_at) as text), 9) = 'timestamp'
                then cast(synced_at as timestamp with time zone)
            when
                told ~ (
                    '^([12]\d{3}-((0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)'
                    || '|[12]\d(0[48]|[2468][048]|[13579][26])-02-29)'
                    || '([T ]([01]\d|2[0-3]):[0-5]\d:[0-5]\d([.]\d{1,20})?(Z|[+-](0\d|1[0-5])(:?[0-5]\d)?)?)?$'
                )
                then cast(told as timestamp with time zone)
        end
    ) as timestamp) as newest
from (
    select
        synced_at,
        regexp_replace(
            regexp_replace(upper(cast(synced_at as text)), '^\s+|\s+([Z+-]|$)', '\1', 'g'),
            '^(.{10})[T ](\d\d:\d\d)([Z+-]|$)',
            '\1T\2:00\3'
        ) as told
    from :landed as source_rows
) as landed

-- name: taken
select count(*) as taken
from :taken as taken

-- name: pending
-- A raw model keeps the id that a loader gave, or puts a version behind it; without one, or with
-- one that is too long for a key, it makes an id of the content.
with landed as (
    select distinct
        case when length(trim(cast(id as text), ' ')) between 1 and 500 then trim(cast(id as text), ' ') end as id,
        md5(coalesce(cast(record as text), '')) as record_hash
    from :landed as source_rows
)

select count(*) as pending
from landed
where not exists (
    select 1
    from :taken as taken
    where
        taken.record_hash = landed.record_hash
        and (
            landed.id is null
            or taken.id = landed.id
            or left(taken.id, length(landed.id) + 1) = landed.id || '-'
        )
)

-- name: watermark
-- The first of all times stands for nothing seen yet.
select absorbed
from crm.watermarks
where model = ? and upstream = ? and absorbed > cast('0001-01-01' as timestamp)

-- name: dead_letters
select
    reason,
    count(*) as dead_letters
from crm.dead_letters
where source_table = ?
group by reason
order by reason

-- name: failed_events
-- Those that no run has taken since; what a build took stays in the table until the next request.
select
    failed.reason,
    count(*) as failed_events
from crm.failed_events as failed
where
    failed.source in (?, ?)
    and not exists (
        select 1
        from :taken as taken
        where taken.id = failed.id and taken._ingested_at >= failed.last_failed_at
    )
group by failed.reason
order by failed.reason

-- name: behind
-- A raw model's watermark is a time of its source, and no stamp. The run that writes now has not
-- finished, a full refresh that failed has changed nothing, and an event runs all that it concerns.
select distinct model
from crm.watermarks
where
    model <> upstream || '_raw'
    and absorbed < (
        select max(stamp)
        from crm.ledger
        where run_id <> ? and kind <> 'event' and (kind <> 'full' or status = 'done')
    )
order by model
