{#
    The valid identifiers of the newest version of each event, of all sources that the var
    `sources_var` lists; on an incremental run those that are new.
#}
{% macro current_identifiers(sources_var) -%}
    with unioned as (
        {{ headless_crm.union_with_watermarks(
            sources_var=sources_var,
            columns=[
                'id',
                'event_id',
                'row_id',
                'identifier_key',
                'identifier_type',
                'identifier_value',
                'raw_value',
                'source',
                'source_table',
                'occurred_at',
                'role',
                'synced_at',
                'is_current',
            ],
        ) }}
    )

    select
        id,
        event_id,
        row_id,
        identifier_key,
        identifier_type,
        identifier_value,
        raw_value,
        source,
        source_table,
        occurred_at,
        role,
        count(*) over (partition by row_id) = 1 as is_alone,
        synced_at,
        source_ingested_at
    from unioned
    where is_current and identifier_value is not null
{%- endmacro %}
