-- Grain: an event: a message, however many mailboxes hold a copy of it.
with messages as (
    select * from {{ ref('gmail_messages_parsed') }}
    where is_first_copy
)

select
    event_id as id,
    occurred_at,
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
    synced_at,
    _ingested_at
from messages
