-- What an audit counts. :kind is person or group, :table its mart, :key the id of one, :shown what
-- names one to people. :raw and :parsed are models of a source.

-- name: sizes
select
    identifiers,
    count(*) as entities
from (
    select count(*) as identifiers
    from crm.resolved_:kind_identifiers
    group by :key
) as sized
group by identifiers
order by identifiers

-- name: largest
select
    sized.id,
    :shown as name,
    sized.identifiers
from (
    select
        :key as id,
        count(*) as identifiers
    from crm.resolved_:kind_identifiers
    group by :key
    order by count(*) desc, :key
    limit 10
) as sized
left join crm.:table as entities on sized.id = entities.:key
order by sized.identifiers desc, sized.id

-- name: identifiers
select
    identifier_type,
    source,
    count(distinct identifier_key) as identifiers
from crm.:kind_identifiers
group by identifier_type, source
order by identifier_type, source

-- name: rejected
select
    identifier_type,
    count(*) as rejected
from crm.rejected_identifiers
where entity = ?
group by identifier_type
order by identifier_type

-- name: hubs
-- An edge is there once for a pair, so that edges are partners.
select
    identifier_type,
    identifier_value,
    count(*) as partners,
    count(case when is_active then 1 end) as active
from (
    select
        identifier_type_a as identifier_type,
        identifier_value_a as identifier_value,
        is_active
    from crm.:kind_identifier_edges
    union all
    select
        identifier_type_b as identifier_type,
        identifier_value_b as identifier_value,
        is_active
    from crm.:kind_identifier_edges
) as ends
group by identifier_type, identifier_value
order by count(*) desc, identifier_type, identifier_value
limit 10

-- name: edges
select
    case when is_active then null else coalesce(inactive_reason, 'unknown') end as reason,
    count(*) as edges
from crm.:kind_identifier_edges
group by case when is_active then null else coalesce(inactive_reason, 'unknown') end
order by reason

-- name: several
-- How many entities have more than one identifier of a type, of which they should have one.
select
    identifier_type,
    count(*) as entities
from (
    select identifier_type
    from crm.resolved_:kind_identifiers
    where identifier_type in (select unnest(cast(? as text [])))
    group by :key, identifier_type
    having count(*) > 1
) as several
group by identifier_type
order by identifier_type

-- name: worst_several
select
    several.id,
    :shown as name,
    several.identifier_type,
    several.identifiers
from (
    select
        :key as id,
        identifier_type,
        count(*) as identifiers
    from crm.resolved_:kind_identifiers
    where identifier_type in (select unnest(cast(? as text [])))
    group by :key, identifier_type
    having count(*) > 1
    order by count(*) desc, identifier_type, :key
    limit 10
) as several
left join crm.:table as entities on several.id = entities.:key
order by several.identifiers desc, several.identifier_type, several.id

-- name: traits
select
    trait_name,
    count(distinct :key) as entities
from crm.resolved_:kind_traits
group by trait_name
order by count(distinct :key) desc, trait_name

-- name: entities_of
-- Whose the asked identifiers are.
select
    resolved.identifier_type,
    resolved.identifier_value,
    resolved.:key
from crm.resolved_:kind_identifiers as resolved
inner join (
    select
        unnest(cast(? as text [])) as identifier_type,
        unnest(cast(? as text [])) as identifier_value
) as asked
    on
        resolved.identifier_type = asked.identifier_type
        and resolved.identifier_value = asked.identifier_value

-- name: processed
-- Versions with an event or that a newer one superseded, and those that wait behind the raw model.
select
    (
        select count(*)
        from crm.:parsed as parsed
        left join crm.events as events on parsed.event_id = events.id
        where parsed.dead_letter_reason is null and (events.id is not null or not parsed.is_current)
    ) as processed,
    (
        select count(*)
        from crm.:raw
        where _ingested_at > (
            select coalesce(max(_ingested_at), cast('0001-01-01' as timestamp))
            from crm.:parsed
        )
    ) as waiting

-- name: volume
select
    cast(occurred_at as date) as day,
    source,
    count(*) as events
from crm.events
group by cast(occurred_at as date), source
order by day, source

-- name: processing
select
    kind,
    count(*) as runs,
    percentile_cont(0.5) within group (order by seconds) as p50,
    percentile_cont(0.95) within group (order by seconds) as p95,
    max(seconds) as longest
from (
    select
        kind,
        cast(extract(epoch from finished_at - started_at) as double precision) as seconds
    from crm.ledger
    where status = 'done'
) as timed
group by kind
order by kind

-- name: processing_by_day
select
    day,
    kind,
    count(*) as runs,
    percentile_cont(0.5) within group (order by seconds) as p50,
    percentile_cont(0.95) within group (order by seconds) as p95,
    max(seconds) as longest
from (
    select
        cast(started_at as date) as day,
        kind,
        cast(extract(epoch from finished_at - started_at) as double precision) as seconds
    from crm.ledger
    where status = 'done'
) as timed
group by day, kind
order by day, kind

-- name: freshness
select
    source,
    count(*) as events,
    percentile_cont(0.5) within group (order by landing) as landing_p50,
    percentile_cont(0.95) within group (order by landing) as landing_p95,
    max(landing) as landing_longest,
    percentile_cont(0.5) within group (order by building) as building_p50,
    percentile_cont(0.95) within group (order by building) as building_p95,
    max(building) as building_longest
from (
    select
        source,
        cast(extract(epoch from synced_at - occurred_at) as double precision) as landing,
        cast(extract(epoch from _ingested_at - synced_at) as double precision) as building
    from crm.events
) as timed
group by source
order by source
