-- Grain: (event, row, type, value), for every version of the event; a row is an address in a role.
with messages as (
    select * from {{ ref('gmail_messages_parsed') }}
    where dead_letter_reason is null
),

participants as (
    select
        messages.event_id,
        {{ surrogate_key([
            'messages.event_id', "'person'", 'participants.role', 'coalesce(participants.email, participants.raw_address)',
        ]) }} as row_id,
        'email' as identifier_type,
        participants.email as identifier_value,
        participants.raw_address as raw_value,
        participants.role,
        messages.occurred_at,
        messages.is_current,
        messages.synced_at,
        messages._ingested_at
    from {{ ref('gmail_participants') }} as participants
    inner join messages
        on participants.id = messages.id and participants.record_hash = messages.record_hash
    where participants.email is null or participants.email not in ({{ text_list(var('test_emails')) }})
),

identifier_rows as (
    {{ identifier_rows('participants', 'gmail', 'gmail_messages_raw') }}
)

select * from identifier_rows
