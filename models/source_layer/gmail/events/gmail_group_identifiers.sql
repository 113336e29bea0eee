-- Grain: (event, row, type, value), for every version of the event; a row is the domain of an
-- address, unless it is generic (a mail provider's) or our own.
{{ config(
    unique_key=['id', 'is_current'],
    scope='event_id',
    reads={
        'gmail_generic_domains': {'via': 'gmail_participants', 'on': ['domain', 'domain'], 'key': 'event_id'},
    },
) }}

with persons as (
    select
        *,
        {{ domain_of_email('identifier_value') }} as domain
    from {{ upstream('gmail_person_identifiers') }} as gmail_person_identifiers
    where identifier_value is not null
),

domains as (
    select
        persons.event_id,
        {{ surrogate_key(['persons.event_id', "'group'", 'persons.domain']) }} as row_id,
        'domain' as identifier_type,
        persons.domain as identifier_value,
        persons.domain as raw_value,
        cast(null as {{ dbt.type_string() }}) as role,
        persons.occurred_at,
        persons.is_current,
        persons.synced_at
    from persons
    left join {{ upstream('gmail_generic_domains') }} as generic_domains
        on persons.domain = generic_domains.domain
    where
        generic_domains.domain is null
        and persons.domain not in ({{ normalized_list('domain', var('internal_domains')) }})
),

identifier_rows as (
    {{ identifier_rows('domains', 'group', 'gmail', 'gmail_messages_raw') }}
)

select * from identifier_rows
