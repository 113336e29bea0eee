-- Grain: event × person × group: each address and the domain that it is of.
{{ config(materialized='ephemeral', scope='event_id') }}

with person_rows as (
    {{ first_identifier(upstream('gmail_person_identifiers')) }}
),

group_rows as (
    {{ first_identifier(upstream('gmail_group_identifiers')) }}
),

pairs as (
    select
        event_id,
        row_id as person_row_id,
        {{ surrogate_key(['event_id', "'group'", domain_of_email('identifier_value')]) }} as group_row_id,
        cast(null as {{ dbt.type_string() }}) as role
    from person_rows
),

memberships as (
    {{ membership_rows('pairs', 'person_rows', 'group_rows', 'gmail') }}
)

select * from memberships
