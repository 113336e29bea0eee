-- Grain: (event, identifier, trait).
{{ config(unique_key='id', scope='event_id', unites='person_trait_sources') }}

with unioned as (
    {{ union_with_watermarks(
        sources_var='person_trait_sources',
        columns=[
            'id',
            'event_id',
            'identifier_key',
            'identifier_type',
            'identifier_value',
            'trait_name',
            'trait_value',
            'source',
            'occurred_at',
            'synced_at',
        ],
    ) }}
)

select * from unioned
