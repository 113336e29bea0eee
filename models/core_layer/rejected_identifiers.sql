-- Grain: (event, row, type, raw value): what was given as an identifier and is none of its type.
{{ config(
    unique_key='id',
    scope='event_id',
    unites=['person_identifier_sources', 'group_identifier_sources'],
    counts='identifier_value is null',
) }}

{% set columns = [
    'id',
    'event_id',
    'row_id',
    'identifier_type',
    'identifier_value',
    'raw_value',
    'source',
    'source_table',
    'occurred_at',
    'is_current',
    'synced_at',
] %}

with person_identifiers as (
    {{ union_with_watermarks(sources_var='person_identifier_sources', columns=columns) }}
),

group_identifiers as (
    {{ union_with_watermarks(sources_var='group_identifier_sources', columns=columns) }}
),

unioned as (
    select
        *,
        'person' as entity
    from person_identifiers
    union all
    select
        *,
        'group' as entity
    from group_identifiers
)

select
    id,
    event_id,
    row_id,
    entity,
    identifier_type,
    raw_value,
    source,
    source_table,
    occurred_at,
    synced_at,
    source_ingested_at
from unioned
where is_current and identifier_value is null
