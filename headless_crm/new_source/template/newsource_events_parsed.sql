-- Grain: a version of a landed row. A key that was made from the content stands for a missing one.
{{ config(unique_key=['id', 'record_hash'], scope='id') }}

with landed as (
    select
        id,
        record_hash,
        {{ valid_json('record') }} as json,
        synced_at
    from {{ upstream('newsource_events_raw') }} as newsource_events_raw
),

-- The mapping: a field of the record, 'email' or 'customer.email', to a column. What is not named
-- here stays in the raw model. safe_number reads amounts, json_value takes objects and lists.
fields as (
    select
        id,
        record_hash,
        {{ surrogate_key(["'newsource'", 'id']) }} as event_id,
        json,
        {{ json_text('json', 'occurred_at') }} as occurred_at_text,
        nullif({{ strip_space(json_text('json', 'event')) }}, '') as event_name,
        {{ json_text('json', 'description') }} as event_description,
        {{ json_text('json', 'email') }} as email,
        {{ json_text('json', 'phone') }} as phone,
        {{ json_text('json', 'user_id') }} as user_id,
        {{ json_text('json', 'name') }} as name,
        {{ json_text('json', 'role') }} as role,
        {{ json_text('json', 'company_domain') }} as company_domain,
        {{ json_text('json', 'company_name') }} as company_name,
        synced_at
    from landed
),

-- Why a row can't be processed; nothing else drops rows.
parsed as (
    select
        *,
        {{ safe_timestamp('occurred_at_text') }} as occurred_at,
        case
            when json is null then 'malformed_json'
            when synced_at is null then 'missing_synced_at'
            when id = record_hash or occurred_at_text is null or event_name is null then 'missing_key'
            when {{ safe_timestamp('occurred_at_text') }} is null then 'invalid_timestamp'
        end as dead_letter_reason
    from fields
)

{{ mark_current('parsed') }}
