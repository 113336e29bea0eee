-- Grain: (event, row, type, value), for every version of the event; a row is an address in a role.
{{ config(unique_key=['id', 'is_current'], scope='event_id') }}

with messages as (
    select
        *,
        min(occurred_at) over (partition by event_id, is_current) as first_occurred_at
    from {{ upstream('gmail_messages_parsed') }} as gmail_messages_parsed
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
        messages.first_occurred_at as occurred_at,
        messages.is_current,
        messages.synced_at
    from {{ upstream('gmail_participants') }} as participants
    inner join messages
        on participants.id = messages.id and participants.record_hash = messages.record_hash
    where participants.email is null or participants.email not in ({{ normalized_list('email', var('test_emails')) }})
),

identifier_rows as (
    {{ identifier_rows('participants', 'person', 'gmail', 'gmail_messages_raw') }}
)

select * from identifier_rows
