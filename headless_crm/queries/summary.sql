-- name: events_by_source
select
    source,
    count(*) as events,
    min(occurred_at) as first_event,
    max(occurred_at) as last_event
from crm.events
group by source
order by source

-- name: entities
select
    (select count(*) from crm.persons) as persons,
    (select count(*) from crm.groups) as groups,
    (select count(*) from crm.memberships) as memberships

-- name: person_identifiers
select
    identifier_type,
    identifier_value,
    person_id
from crm.resolved_person_identifiers

-- name: dead_letters
select
    source,
    reason,
    count(*) as dead_letters
from crm.dead_letters
group by source, reason
order by source, reason

-- name: person_of_many_sources
select
    persons.person_id,
    persons.name,
    persons.identifiers
from crm.persons
inner join (
    select
        participants.person_id,
        count(distinct participants.source) as sources,
        count(distinct participants.event_id) as events
    from crm.person_participants as participants
    group by participants.person_id
) as activity on persons.person_id = activity.person_id
inner join (
    select
        person_id,
        count(*) as identifiers,
        count(distinct identifier_type) as types
    from crm.resolved_person_identifiers
    group by person_id
) as identity on persons.person_id = identity.person_id
where activity.events <= 12 and identity.identifiers <= 6
order by activity.sources desc, identity.types desc, activity.events desc, persons.person_id
limit 1

-- name: timeline
select distinct
    events.occurred_at,
    events.source,
    events.event_name,
    events.event_description
from crm.person_participants as participants
inner join crm.events on participants.event_id = events.id
where participants.person_id = ?
order by events.occurred_at, events.event_name, events.event_description

-- name: group_of_many_members
select
    groups.group_id,
    groups.name,
    groups.identifiers,
    groups.event_count
from crm.groups
inner join (
    select
        group_id,
        count(*) as members,
        count(distinct role) as roles
    from crm.memberships
    group by group_id
) as size on groups.group_id = size.group_id
where groups.shop_id is not null and size.members <= 10
order by size.roles desc, size.members desc, groups.group_id
limit 1

-- name: members
select
    person_name,
    role,
    first_seen_at,
    last_seen_at
from crm.memberships
where group_id = ?
order by first_seen_at, person_name, person_id
