{#
    The rows of a source table: `source_id` (null where the loader gave none), `record` as it came,
    `json` (the same, or null where it is no JSON object) and `synced_at` in UTC.
#}
{% macro source_rows(table) -%}
    select
        nullif(trim(cast(id as {{ dbt.type_string() }})), '') as source_id,
        cast(record as {{ dbt.type_string() }}) as record,
        {{ headless_crm.valid_json('record') }} as json,
        {{ headless_crm.utc_timestamp('synced_at') }} as synced_at
    from {{ table }}
{%- endmacro %}
