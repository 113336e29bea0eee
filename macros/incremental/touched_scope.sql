{#
    The values of a model's scope that the changes upstream touch: what was written or taken back
    there since the model last absorbed it, or only `at_once`: see changed_rows. Where all of it came
    of one source, `source_name` is its name.
#}
{% macro touched_scope(node, at_once=false, source_name=none) -%}
    select distinct {{ headless_crm.without_collation('scope_key') }} as scope_key
    from (
        {%- set selects, told = [], {} -%}
        {%- for upstream in headless_crm.upstream_models(node) if not source_name or headless_crm.comes_of(upstream, source_name) -%}
            {#- The tables of parts are not the node's own. -#}
            {%- set is_own = headless_crm.text_reading(node, upstream.name) == node -%}
            {%- set settled = headless_crm.condition_of(node, 'settled', upstream) if is_own -%}
            {%- for way in headless_crm.ways_of(node, upstream.name) -%}
                {%- do (told.setdefault(settled, []) if settled else selects).append(
                    headless_crm.touched_by(node, upstream, way, at_once, settled)
                ) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- for settled, tellings in told.items() -%}
            {%- do selects.append(headless_crm.unsettled(node, tellings, settled)) -%}
        {%- endfor %}
        {{ selects | join(' union all ') or headless_crm.no_scope() }} {{ headless_crm.planned_alone() }}
    ) as touched
    where scope_key is not null
{%- endmacro %}

{# The scope of a model that reads no other, as where the settings list no source for it. #}
{% macro no_scope() -%}
    select cast(null as {{ api.Column.translate_type('string') }}) as scope_key where false
{%- endmacro %}

{# What is looked up stands before the few rows by which it is: an engine that keeps the order of a join hashes the latter. #}
{% macro touched_by(node, upstream, way, at_once, settled=none) -%}
    {%- set told = headless_crm.told_columns(settled) -%}
    {%- set where = headless_crm.condition_of(headless_crm.text_reading(node, upstream.name), 'counts', upstream) -%}
    {%- if way is mapping -%}
    {%- set columns = (way.on[:1] if way.on is defined else []) + (way.columns or []) + told -%}
    {%- set other = headless_crm.relation_of(headless_crm.model_named(way.via)) -%}
    {%- set found -%}
    {{ other }} as other
    inner join (
        {%- if way.columns is defined -%}
        {{ headless_crm.net_changes(node, upstream, columns, at_once, where) }}
        {%- else -%}
        {{ headless_crm.changed_rows(node, upstream, columns, at_once, where) }}
        {%- endif -%}
    ) as changes on {{ way.matching or 'changes.' ~ way.on[0] ~ ' = other.' ~ way.on[1] }}
    {%- endset -%}
    {%- if way.beside is defined -%}
    select beside.{{ way.key }} as scope_key
    from {{ other }} as beside
    inner join (select other.{{ way.beside }} from {{ found }}) as found on beside.{{ way.beside }} = found.{{ way.beside }}
    {%- else -%}
    select other.{{ way.key }} as scope_key{{ headless_crm.telling(told) }} from {{ found }}
    {%- endif -%}
    {%- else -%}
    select {{ way }} as scope_key{{ headless_crm.telling(told) }}
    from ({{ headless_crm.changed_rows(node, upstream, [way] + told, at_once, where) }}) as changes
    {%- endif -%}
{%- endmacro %}

{# What an option of a model's config gives for an upstream, which has one for all of them or by their names. #}
{% macro condition_of(node, option, upstream) -%}
    {%- set given = node.config.get(option) -%}
    {{ return(given.get(upstream.name) if given is mapping else given) }}
{%- endmacro %}
