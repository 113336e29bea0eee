-- Grain: an event, as the newest version of its record tells it.
{{ config(unique_key='id', scope='id', reads={'manual_events_parsed': 'event_id'}) }}

with records as (
    select * from {{ upstream('manual_events_parsed') }} as manual_events_parsed
    where is_current
)

select
    event_id as id,
    occurred_at,
    event_name,
    coalesce(event_description, event_name) as event_description,
    value,
    value_unit,
    coalesce(event_type, 'manual_event') as event_type,
    'manual' as source,
    'manual_events_raw' as source_table,
    id as source_record_id,
    synced_at
from records
