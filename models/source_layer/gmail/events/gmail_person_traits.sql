-- Grain: (event, identifier, trait): the name that an address was written with.
with messages as (
    select * from {{ ref('gmail_messages_parsed') }}
    where is_current
),

long as (
    select
        {{ surrogate_key(['messages.event_id', "'person'", 'participants.role', 'participants.email']) }} as row_id,
        'name' as trait_name,
        participants.name as trait_value
    from {{ ref('gmail_participants') }} as participants
    inner join messages
        on participants.id = messages.id and participants.record_hash = messages.record_hash
    where participants.email is not null
),

identifiers as (
    select * from {{ ref('gmail_person_identifiers') }}
    where is_current and identifier_value is not null
),

traits as (
    {{ trait_rows('long', 'identifiers') }}
)

select * from traits
