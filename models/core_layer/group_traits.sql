-- Grain: (event, identifier, trait).
with unioned as (
    {{ union_with_watermarks(
        sources_var='group_trait_sources',
        columns=[
            'id',
            'event_id',
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

select
    *,
    {{ run_stamp() }} as _ingested_at
from unioned
