-- What the server reads. Tables have no schema: a session's search path is crm. An entity is a person
-- or a group; :entities is its table, :entity its name in others, :columns its columns of its own.
-- Every list has its first rows of each key alone, the last parameter says how many.

-- name: entities
select
    identifiers.identifier_key as asked,
    entities.:entity_id,
    entities.first_seen_at,
    entities.last_seen_at,
    entities.event_count,
    :columns
from resolved_:entity_identifiers as identifiers
inner join :entities as entities on identifiers.:entity_id = entities.:entity_id
where identifiers.identifier_key in (select unnest(cast(? as text [])))

-- name: identified
select
    identifiers.identifier_type,
    identifiers.identifier_value,
    identifiers.identifier_key
from resolved_:entity_identifiers as identifiers
inner join (
    select
        unnest(cast(? as text [])) as identifier_type,
        unnest(cast(? as text [])) as identifier_value
) as asked
    on
        identifiers.identifier_type = asked.identifier_type
        and identifiers.identifier_value = asked.identifier_value

-- name: followed
-- Where the journal says that an id went: the last that it says, and of that the largest part.
select
    id,
    other_id
from (
    select
        id,
        other_id,
        row_number() over (partition by id order by stamp desc, identifiers desc, other_id) as position
    from identity_journal
    where
        entity = ':entity'
        and change in ('merged', 'renamed', 'removed')
        and id in (select unnest(cast(? as text [])))
) as ranked
where position = 1 and other_id is not null

-- name: identifiers
select
    :entity_id,
    identifier_type,
    identifier_value,
    first_seen_at
from (
    select
        *,
        row_number() over (
            partition by :entity_id order by first_seen_at, identifier_type, identifier_value
        ) as position
    from resolved_:entity_identifiers
    where :entity_id in (select unnest(cast(? as text [])))
) as ranked
where position <= ?
order by position

-- name: traits
select
    :entity_id,
    trait_name,
    trait_value,
    occurred_at,
    source,
    event_id
from (
    select
        *,
        row_number() over (partition by :entity_id order by trait_name) as position
    from resolved_:entity_traits
    where :entity_id in (select unnest(cast(? as text [])))
) as ranked
where position <= ?
order by position

-- name: timeline
-- An entity that took part in several roles is in it once.
select
    ranked.:entity_id,
    events.id,
    events.occurred_at,
    events.event_name,
    events.event_description,
    events.value,
    events.value_unit,
    events.event_type,
    events.source
from (
    select
        :entity_id,
        event_id,
        row_number() over (partition by :entity_id order by occurred_at desc, event_id) as position
    from :entity_participants
    where is_first_role and :entity_id in (select unnest(cast(? as text [])))
) as ranked
inner join events on ranked.event_id = events.id
where ranked.position <= ?
order by ranked.position

-- name: memberships
select
    :entity_id as asked,
    id,
    person_id,
    group_id,
    role,
    source,
    occurred_at,
    first_seen_at,
    last_seen_at,
    person_name,
    group_name
from (
    select
        *,
        row_number() over (partition by :entity_id order by last_seen_at desc, id) as position
    from memberships
    where :entity_id in (select unnest(cast(? as text [])))
) as ranked
where position <= ?
order by position

-- name: memberships_by_id
select
    id as asked,
    id,
    person_id,
    group_id,
    role,
    source,
    occurred_at,
    first_seen_at,
    last_seen_at,
    person_name,
    group_name
from memberships
where id in (select unnest(cast(? as text [])))

-- name: trivial
select 1

-- name: last_taken
-- The stamp is a time, that of the run's start.
select max(_ingested_at)
from :raw

-- name: dead_letters
select
    source_table,
    count(*) as dead_letters
from dead_letters
group by source_table

-- name: failed_events
select
    source,
    count(*) as failed_events
from failed_events
group by source
