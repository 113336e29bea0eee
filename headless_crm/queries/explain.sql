-- Why two identifiers are one entity. :entity is person or group; lists are bound as arrays of text.

-- name: identifiers
-- Identifiers that have one of these values in a column, with the entity that each belongs to.
select
    identifier_key,
    identifier_type,
    identifier_value,
    :entity_id
from crm.resolved_:entity_identifiers
where :column in (select unnest(cast(? as text [])))

-- name: edges
-- The edges of these entities that had been seen by a time. Each end is looked up by its own index:
-- of an "or", PostgreSQL would read the whole table.
with members as materialized (
    select identifier_key
    from crm.resolved_:entity_identifiers
    where :entity_id in (select unnest(cast(? as text [])))
),

edges as not materialized (
    select
        identifier_key_a,
        identifier_key_b,
        inactive_reason,
        source,
        event_id,
        occurred_at,
        first_synced_at
    from crm.:entity_identifier_edges
    where coalesce(first_synced_at, cast('0001-01-01' as timestamp)) <= ?
)

select * from edges
where identifier_key_a in (select identifier_key from members)
union
select * from edges
where identifier_key_b in (select identifier_key from members)

-- name: guards
-- Why these identifiers link nothing.
with asked as materialized (select unnest(cast(? as text [])) as identifier_key)

select
    identifier_key,
    'blocked' as guard,
    reason,
    null as partner_type,
    null as partners,
    null as max_partners
from crm.blocked_:entity_identifiers
where identifier_key in (select identifier_key from asked)
union all
select
    identifier_key,
    'shared' as guard,
    reason,
    partner_type,
    partners,
    max_partners
from crm.shared_:entity_identifiers
where identifier_key in (select identifier_key from asked)

-- name: partners
-- How many partners of each type identifiers had by a time, as the macro shared_identifiers counts.
-- Parts are made one after the other, since a planner may else join all rows there are.
with own as materialized (
    select
        identifier_key,
        row_id
    from crm.:entity_identifiers
    where
        identifier_key in (select unnest(cast(? as text [])))
        and synced_at <= ?
),

beside as materialized (
    select
        row_id,
        identifier_key,
        identifier_type
    from crm.:entity_identifiers
    where row_id in (select row_id from own)
),

paired as (
    select
        own.identifier_key,
        beside.identifier_type as partner_type,
        beside.identifier_key as partner_key,
        min(beside.identifier_key) over (
            partition by own.identifier_key, own.row_id, beside.identifier_type
        ) as least_key
    from own
    inner join beside
        on own.row_id = beside.row_id and own.identifier_key <> beside.identifier_key
    left join crm.blocked_:entity_identifiers as blocked
        on beside.identifier_key = blocked.identifier_key
    where blocked.identifier_key is null
)

select
    identifier_key,
    partner_type,
    count(distinct partner_key)
    - count(distinct case when partner_key <> least_key then partner_key end) as partners
from paired
group by identifier_key, partner_type

-- name: journal
-- What became of these ids, in the order that it happened.
with entries as not materialized (
    select
        stamp,
        change,
        id,
        other_id,
        event_id
    from crm.identity_journal
    where
        entity = ':entity'
        and change <> 'accreted'
        and stamp <= ?
)

select * from entries
where id in (select unnest(cast(? as text [])))
union
select * from entries
where other_id in (select unnest(cast(? as text [])))
order by stamp, change, id
limit 20
