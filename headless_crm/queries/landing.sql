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
create or replace temp table new_rows as
with landed as (
    select
        id,
        md5_number(record) as content,
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

select min(landed.n) as n
from landed
anti join known
    on landed.id is not distinct from known.id and landed.content = known.content
group by landed.id, landed.content

-- name: append_new_rows
insert into :target (id, record, synced_at)
select
    landed.id,
    landed.record,
    landed.synced_at
from read_json(
    $path,
    format = 'newline_delimited',
    columns = {n: 'bigint', id: 'varchar', record: 'varchar', synced_at: 'timestamp'},
    maximum_object_size = $longest,
    compression = 'uncompressed',
    hive_partitioning = false
) as landed
semi join new_rows
    on landed.n = new_rows.n
