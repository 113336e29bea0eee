-- Grain: (event, row, type, value), for every version of the event; a record names one person.
{{ config(unique_key=['id', 'is_current'], scope='event_id') }}

with records as (
    select
        *,
        {{ surrogate_key(['event_id', "'person'", '0']) }} as row_id
    from {{ upstream('newsource_events_parsed') }} as versions
    where dead_letter_reason is null
),

-- An identifier's type and the column that holds it. Types are compared across all sources, so that
-- one that newsource alone knows carries its name.
unpivoted as (
    {{ unpivot_identifiers('records', {
        'email': 'email',
        'phone': 'phone',
        'newsource_user_id': 'user_id',
    }) }}
),

normalized as (
    {{ normalize_identifiers('unpivoted') }}
),

identifier_rows as (
    {{ identifier_rows(
        'normalized',
        'person',
        'newsource',
        'newsource_events_raw',
    ) }}
)

select * from identifier_rows
