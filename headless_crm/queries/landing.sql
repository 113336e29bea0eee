-- Rows on their way into a source table, :target, by way of a file that the engine reads twice: a
-- table of its rows would be in memory until the commit, and a statement that both reads and fills
-- a table of the same transaction can lose its rows.

-- name: create_source_table
create table if not exists :target (
    id varchar,
    record varchar,
    synced_at timestamp
)

-- name: find_new_rows
-- Of versions that land at one moment, each is later than those in the lines before by a microsecond.
create or replace temp table new_rows as
with landed as (
    select
        id,
        md5_number(record) as content,
        synced_at,
        n
    from read_json(
        $path,
        format = 'newline_delimited',
        columns = {n: 'bigint', id: 'varchar', record: 'varchar', synced_at: 'timestamp'},
        maximum_object_size = $longest,
        compression = 'uncompressed',
        hive_partitioning = false
    )
),

known as (
    select
        cast(id as varchar) as id,
        md5_number(cast(record as varchar)) as content
    from :target
)

select
    n,
    case when id is null then 0 else row_number() over (partition by id, synced_at order by n) - 1 end as later
from (
    select
        landed.id,
        min(landed.n) as n,
        arg_min(landed.synced_at, landed.n) as synced_at
    from landed
    anti join known
        on landed.id is not distinct from known.id and landed.content = known.content
    group by landed.id, landed.content
) as first_rows

-- name: append_new_rows
insert into :target (id, record, synced_at)
select
    landed.id,
    landed.record,
    landed.synced_at + to_microseconds(new_rows.later)
from read_json(
    $path,
    format = 'newline_delimited',
    columns = {n: 'bigint', id: 'varchar', record: 'varchar', synced_at: 'timestamp'},
    maximum_object_size = $longest,
    compression = 'uncompressed',
    hive_partitioning = false
) as landed
inner join new_rows
    on landed.n = new_rows.n
