-- Grain: a version of a landed row. The copies of a message in several mailboxes share an event.
{{ config(unique_key=['id', 'record_hash'], scope='id') }}

with landed as (
    select
        id,
        record_hash,
        {{ valid_json('record') }} as json,
        synced_at
    from {{ upstream('gmail_messages_raw') }} as gmail_messages_raw
),

headers as (
    select * from {{ upstream('gmail_message_headers') }} as gmail_message_headers
),

senders as (
    select distinct
        id,
        record_hash
    from {{ upstream('gmail_participants') }} as gmail_participants
    where role = 'sender' and email is not null
),

fields as (
    select
        landed.*,
        coalesce(headers.event_id, {{ surrogate_key(["'gmail'", 'landed.id']) }}) as event_id,
        headers.message_id,
        {{ json_text('landed.json', 'threadId') }} as thread_id,
        {{ decode_encoded_words('headers.subject_header') }} as subject,
        headers.is_bulk,
        headers.from_header,
        coalesce({{ json_text('landed.json', 'internalDate') }}, headers.date_header) as occurred_at_text,
        coalesce(
            {{ epoch_ms_timestamp(json_text('landed.json', 'internalDate')) }},
            {{ safe_timestamp('headers.date_header') }},
            {{ epoch_timestamp('headers.date_header') }},
            {{ rfc2822_timestamp('headers.date_header') }}
        ) as occurred_at,
        senders.id is not null as has_sender
    from landed
    left join headers
        on landed.id = headers.id and landed.record_hash = headers.record_hash
    left join senders
        on landed.id = senders.id and landed.record_hash = senders.record_hash
    {{ planned_alone() }}
),

parsed as (
    select
        id,
        record_hash,
        event_id,
        message_id,
        thread_id,
        subject,
        is_bulk,
        occurred_at,
        case
            when json is null then 'malformed_json'
            when synced_at is null then 'missing_synced_at'
            when from_header is null or occurred_at_text is null then 'missing_key'
            when occurred_at is null then 'invalid_timestamp'
            when not has_sender then 'unparsable_address'
        end as dead_letter_reason,
        synced_at
    from fields
)

{{ mark_current('parsed') }}
