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
),

of_persons as (
    select
        memberships.*,
        persons.person_name
    from persons
    inner join memberships on persons.person_id = memberships.person_id
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
    memberships.person_name,
    group_names.group_name,
    memberships.synced_at,
    memberships.source_ingested_at
from group_names
inner join of_persons as memberships on group_names.group_id = memberships.group_id
