{#
    The rows of a source table: `source_id` (null where the loader gave none), `record` as it came,
    `json` (the same, or null where it is no JSON object) and `synced_at` in UTC. A delta looks at
    those since the newest `synced_at` that was seen, less a lookback, since rows can become visible
    late, and at those without a time, in a window of their own for an index's sake; the mode `event`
    at those with the ids that were asked for, which an index serves; a full refresh, and a run for
    one event by a var, at all.
#}
{% macro source_rows(table) -%}
    {%- set mode = headless_crm.build_mode() -%}
    {%- set windows = [] -%}
    {%- if mode == 'event' -%}
        {%- do windows.append(headless_crm.found_by_id() ~ ' in (' ~ headless_crm.requested_ids() ~ ')') -%}
    {%- elif mode == 'delta' and not flags.FULL_REFRESH and headless_crm.requested_ids() is none -%}
        {%- set source_node = {'name': model.sources[0][1]} -%}
        {#- A day more, for columns of times without a zone: this only has to be early enough. -#}
        {%- set since = dbt.dateadd('day', -1 - var('lookback_days'), headless_crm.watermark(model, source_node)) -%}
        {%- do windows.extend([headless_crm.landed_since('synced_at', since), headless_crm.landed_without_time('synced_at')]) -%}
    {%- endif -%}
    {%- for window in windows or ['true'] %}
    select
        {{ headless_crm.source_id() }} as source_id,
        cast(record as {{ dbt.type_string() }}) as record,
        {{ headless_crm.valid_json('record') }} as json,
        {{ headless_crm.utc_timestamp('synced_at') }} as synced_at
    from {{ table }}
    where {{ window }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}

{# The id that a record has in itself; a blank one would be that of all records without one. #}
{% macro record_id() -%}
    nullif(trim({{ headless_crm.json_text('json', 'id') }}, ' '), '')
{%- endmacro %}

{# A query of those of the ids that a raw model's step asks for which source rows have. #}
{% macro landed_by_id(node) -%}
    {%- set source_node = graph.sources[node.depends_on.nodes | select('in', graph.sources) | first] -%}
    select {{ headless_crm.source_id() }} as id
    from {{ headless_crm.source_table(source_node) }} as landed
    where {{ headless_crm.found_by_id() }} in (select id from {{ headless_crm.step_table(node, 'requested') }})
{%- endmacro %}

{#
    The ids of the source rows that a run is for, to stand after `in`: that of the var `event_id` or
    `realtime_event_id`, or in the mode `event` those of a temporary table; none where it is for all.
#}
{% macro requested_ids() -%}
    {%- set event_id = var('event_id', none) or var('realtime_event_id', none) -%}
    {%- if headless_crm.build_mode() == 'event' -%}
        {{ return('select id from ' ~ headless_crm.step_table(model, 'requested')) }}
    {%- elif event_id is not none -%}
        {{ return(dbt.string_literal(dbt.escape_single_quotes(event_id | string))) }}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}
