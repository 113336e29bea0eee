-- Rows on their way into a source table, {target}, by way of a temporary table that COPY fills.

-- name: create_schema
create schema if not exists {schema}

-- name: create_source_table
create table if not exists {target} (
    id text,
    record text,
    synced_at timestamp
);
-- A build looks at the newest rows alone, a single event at those with its id, however long.
create index on {target} (synced_at);
create index on {target} using hash ((nullif(trim(cast(id as text)), '')))

-- name: lock_source_table
-- Two loads at a time would not see each other's rows, and both append what both have.
lock table {target} in share row exclusive mode

-- name: create_landed
create temporary table landed (
    n bigint,
    id text,
    record text,
    synced_at timestamp
) on commit drop

-- name: copy_landed
copy landed (n, id, record, synced_at) from stdin

-- name: analyze_landed
analyze landed

-- name: append_new_rows
-- Of versions that land at one moment, each is later than those in the lines before by a microsecond.
with keyed as (
    select
        landed.*,
        coalesce('i' || id, 'n') as key,
        md5(record) as content
    from landed
),

known as (
    select
        coalesce('i' || cast(id as text), 'n') as key,
        md5(cast(record as text)) as content
    from {target}
)

insert into {target} (id, record, synced_at)
select
    first_rows.id,
    first_rows.record,
    first_rows.synced_at + interval '1 microsecond' * case
        when first_rows.id is null then 0
        else row_number() over (partition by first_rows.id, first_rows.synced_at order by first_rows.n) - 1
    end
from (
    select distinct on (key, content) *
    from keyed
    order by key, content, n
) as first_rows
where not exists (
    select 1
    from known
    where known.key = first_rows.key and known.content = first_rows.content
)
order by first_rows.n
