-- Grain: a version of a landed row that could not be processed.
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

select
    *,
    {{ run_stamp() }} as _ingested_at
from unioned
