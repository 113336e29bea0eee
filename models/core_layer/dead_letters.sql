-- Grain: a version of a landed row that could not be processed.
{{ config(unique_key='id', scope='source_key', unites='dead_letter_sources') }}

with unioned as (
    {{ union_with_watermarks(
        sources_var='dead_letter_sources',
        columns=[
            'id',
            'source',
            'source_table',
            'source_key',
            'stage',
            'reason',
            'payload',
            'synced_at',
        ],
    ) }}
)

select * from unioned
