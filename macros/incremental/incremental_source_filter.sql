{#
    The condition by which a raw model takes rows of its source: in a delta those that are not there
    already, by `key`. So what is looked at twice is taken once. The vars `event_id` or
    `realtime_event_id` narrow it to one source row.
#}
{% macro incremental_source_filter(relation, key=['id', 'record_hash']) -%}
    true
    {%- set event_id = headless_crm.single_event() %}
    {%- if event_id is not none %}
    and {{ relation }}.id = {{ dbt.string_literal(dbt.escape_single_quotes(event_id | string)) }}
    {%- endif %}
    {%- if headless_crm.build_mode() == 'delta' %}
    and not exists (
        select 1
        from {{ this }} as taken
        where {{ headless_crm.same_keys('taken', relation, key) }}
    )
    {%- endif %}
{%- endmacro %}
