-- Grain: an unordered pair of identifiers that some row gives to one group.
with edges as (
    {{ create_and_dedup_edges(ref('group_identifiers')) }}
)

select
    *,
    {{ run_stamp() }} as _ingested_at
from edges
