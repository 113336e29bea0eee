{#
    The condition by which a raw model takes rows of its source: in a delta those that are not there
    already, by `key`. So what is looked at twice is taken once. The vars `event_id` or
    `realtime_event_id` narrow it to one source row, the mode `event` to those asked for.
#}
{% macro incremental_source_filter(relation, key=['id', 'record_hash']) -%}
    true
    {%- set ids = headless_crm.requested_ids() %}
    {%- if ids is not none %}
    and {{ relation }}.id in ({{ ids }})
    {%- endif %}
    {%- if headless_crm.build_mode() in ('delta', 'event') %}
    and not exists (
        select 1
        from {% if ids is none %}{{ this }}{% else %}(select * from {{ this }} where id in ({{ ids }})){% endif %} as taken
        where {{ headless_crm.same_keys('taken', relation, key) }}
    )
    {%- endif %}
{%- endmacro %}
