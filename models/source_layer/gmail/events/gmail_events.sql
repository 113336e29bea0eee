-- Grain: an event: a message, however many mailboxes hold a copy of it.
{{ config(unique_key='id', scope='id', reads={'gmail_messages_parsed': 'event_id'}) }}

with messages as (
    select
        *,
        min(occurred_at) over (partition by event_id) as first_occurred_at,
        row_number() over (partition by event_id order by synced_at, {{ binary_order('id') }}) as copy_rank
    from {{ upstream('gmail_messages_parsed') }} as gmail_messages_parsed
    where is_current
)

select
    event_id as id,
    first_occurred_at as occurred_at,
    'email_sent' as event_name,
    concat_ws(': ', 'Email', subject) as event_description,
    cast(null as numeric(38, 9)) as value,
    cast(null as {{ dbt.type_string() }}) as value_unit,
    'email' as event_type,
    'gmail' as source,
    'gmail_messages_raw' as source_table,
    id as source_record_id,
    message_id,
    thread_id,
    subject,
    is_bulk,
    synced_at
from messages
where {{ is_first('copy_rank') }}
