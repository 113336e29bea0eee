-- Grain: (type, value): when an identifier first landed, in any version of any row. Ids stand on it.
with unioned as (
    {{ union_with_watermarks(
        sources_var='group_identifier_sources',
        columns=['identifier_type', 'identifier_value', 'synced_at'],
    ) }}
)

select
    {{ identifier_key('group', 'identifier_type', 'identifier_value') }} as identifier_key,
    identifier_type,
    identifier_value,
    min(synced_at) as synced_at,
    max(source_ingested_at) as source_ingested_at,
    {{ run_stamp() }} as _ingested_at
from unioned
where identifier_value is not null
group by identifier_type, identifier_value
