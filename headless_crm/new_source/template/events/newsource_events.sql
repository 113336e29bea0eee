-- Grain: an event, as the newest version of its record tells it.
{{ config(unique_key='id', scope='id', reads={'newsource_events_parsed': 'event_id'}) }}

with records as (
    select * from {{ upstream('newsource_events_parsed') }} as versions
    where is_current
)

-- The core model takes these; columns of your own may stand beside them.
select
    event_id as id,
    occurred_at,
    event_name,
    coalesce(event_description, event_name) as event_description,
    cast(null as numeric(38, 9)) as value,
    cast(null as {{ dbt.type_string() }}) as value_unit,
    'newsource_event' as event_type,
    'newsource' as source,
    'newsource_events_raw' as source_table,
    id as source_record_id,
    synced_at
from records
