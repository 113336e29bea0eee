-- Grain: (event, row, type, value), for every version of the event; a record names one group.
{{ config(unique_key=['id', 'is_current'], scope='event_id') }}

with records as (
    select
        *,
        {{ surrogate_key(['event_id', "'group'", '0']) }} as row_id
    from {{ upstream('newsource_events_parsed') }} as versions
    where dead_letter_reason is null
),

-- An identifier's type and the column that holds it.
unpivoted as (
    {{ unpivot_identifiers('records', {
        'domain': 'company_domain',
    }) }}
),

normalized as (
    {{ normalize_identifiers('unpivoted') }}
),

identifier_rows as (
    {{ identifier_rows(
        'normalized',
        'group',
        'newsource',
        'newsource_events_raw',
    ) }}
)

select * from identifier_rows
