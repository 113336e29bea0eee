-- Grain: (event, identifier, trait): the name that an address was written with.
{{ config(materialized='ephemeral', scope='event_id') }}

with messages as (
    select * from {{ upstream('gmail_messages_parsed') }} as gmail_messages_parsed
    where is_current
),

long as (
    select
        {{ surrogate_key(['messages.event_id', "'person'", 'participants.role', 'participants.email']) }} as row_id,
        'name' as trait_name,
        participants.name as trait_value
    from {{ upstream('gmail_participants') }} as participants
    inner join messages
        on participants.id = messages.id and participants.record_hash = messages.record_hash
    where participants.email is not null
),

identifiers as (
    select * from {{ upstream('gmail_person_identifiers') }} as gmail_person_identifiers
    where is_current and identifier_value is not null
),

traits as (
    {{ trait_rows('long', 'identifiers') }}
)

select * from traits
