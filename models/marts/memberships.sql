-- Grain: (person, group), with the display name of either side.
{{ config(
    unique_key='id',
    scope='id',
    reads={
        'persons': {
            'via': 'resolved_membership_identifiers',
            'on': ['person_id', 'person_id'],
            'key': 'id',
            'columns': ['name', 'email', 'phone'],
        },
        'groups': {
            'via': 'resolved_membership_identifiers',
            'on': ['group_id', 'group_id'],
            'key': 'id',
            'columns': ['name', 'domain', 'myshopify_domain', 'shop_id'],
        },
    },
) }}

with memberships as (
    select * from {{ upstream('resolved_membership_identifiers') }} as resolved_membership_identifiers
),

persons as (
    select
        person_id,
        coalesce(name, email, phone) as person_name
    from {{ upstream('persons') }} as persons
),

group_names as (
    select
        group_id,
        coalesce(name, domain, myshopify_domain, shop_id) as group_name
    from {{ upstream('groups') }} as groups
)

select
    memberships.id,
    memberships.person_id,
    memberships.group_id,
    memberships.role,
    memberships.source,
    memberships.occurred_at,
    memberships.first_seen_at,
    memberships.last_seen_at,
    persons.person_name,
    group_names.group_name,
    memberships.synced_at,
    memberships.source_ingested_at
from memberships
inner join persons on memberships.person_id = persons.person_id
inner join group_names on memberships.group_id = group_names.group_id
