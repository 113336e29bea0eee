-- Grain: a person. A column of its own takes the resolved trait, or else its oldest identifier.
{{ config(unique_key='person_id', scope='person_id') }}

with identifiers as (
    select * from {{ upstream('resolved_person_identifiers') }} as resolved_person_identifiers
),

activity as (
    select
        person_id,
        min(occurred_at) as first_seen_at,
        max(occurred_at) as last_seen_at,
        count(case when is_first_role then 1 end) as event_count
    from {{ upstream('person_participants') }} as person_participants
    group by person_id
),

identifier_columns as (
    {{ identifier_columns('identifiers', 'person_id', ['email', 'phone']) }}
),

trait_columns as (
    {{ trait_columns(upstream('resolved_person_traits'), 'person_id', ['email', 'name', 'phone']) }}
)

select
    activity.person_id,
    coalesce(trait_columns.email, identifier_columns.email) as email,
    trait_columns.name,
    coalesce(trait_columns.phone, identifier_columns.phone) as phone,
    activity.first_seen_at,
    activity.last_seen_at,
    activity.event_count,
    identifier_columns.identifiers,
    coalesce(trait_columns.traits, '{}') as traits,
    identifier_columns.synced_at,
    identifier_columns.source_ingested_at
from activity
inner join identifier_columns on activity.person_id = identifier_columns.person_id
left join trait_columns on activity.person_id = trait_columns.person_id
