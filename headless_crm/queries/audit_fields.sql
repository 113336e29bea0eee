-- Which fields the raw records of a source have: what an audit keeps for the next one. :raw is a raw
-- model.

-- name: known
select
    field,
    json_type,
    rows_with,
    rows_read,
    gone,
    absorbed
from crm.audit_fields
where source_table = ?

-- name: latest
select max(_ingested_at) as latest
from crm.:raw

-- name: sample
-- A hash's order is as good as chance, and the same each time.
select record
from crm.:raw
where _ingested_at > ?
order by record_hash, id
limit 5000

-- name: new_rows
select count(*) as new_rows
from crm.:raw
where _ingested_at > ?

-- name: create
create table if not exists crm.audit_fields (
    source_table text,
    field text,
    json_type text,
    rows_with bigint,
    rows_read bigint,
    gone boolean,
    absorbed timestamp
)

-- name: replace
-- In one transaction with `keep`, so that no audit finds half of a profile.
delete from crm.audit_fields
where source_table = ?

-- name: keep
insert into crm.audit_fields
select
    cast(? as text) as source_table,
    unnest(cast(? as text [])) as field,
    unnest(cast(? as text [])) as json_type,
    unnest(cast(? as bigint [])) as rows_with,
    unnest(cast(? as bigint [])) as rows_read,
    unnest(cast(? as boolean [])) as gone,
    cast(? as timestamp) as absorbed
