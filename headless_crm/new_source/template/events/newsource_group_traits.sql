-- Grain: (event, identifier, trait).
{{ config(materialized='ephemeral', scope='event_id') }}

with records as (
    select
        *,
        {{ surrogate_key(['event_id', "'group'", '0']) }} as row_id
    from {{ upstream('newsource_events_parsed') }} as versions
    where is_current
),

identifiers as (
    select * from {{ upstream('newsource_group_identifiers') }} as identifier_rows
    where is_current and identifier_value is not null
),

-- A trait's name and the column that holds it.
traits as (
    {{ unpivot_traits('records', 'identifiers', {
        'name': 'company_name',
    }) }}
)

select * from traits
