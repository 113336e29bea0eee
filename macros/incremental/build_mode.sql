{#
    How the model at hand is built:

    create  there is no table yet: the whole of it, straight into its place
    beside  a full refresh: the whole of it, beside the live table, which publish_refresh changes
    delta   an incremental run: what has changed upstream since the model last looked
    event   of a raw model: those rows of its source that were asked for by their ids

    The var `build_mode` says it instead, for SQL that is rendered ahead of its warehouse.
#}
{% macro build_mode() -%}
    {%- if execute and var('build_mode', none) -%}
        {{ return(var('build_mode')) }}
    {%- elif
        not execute
        or model.resource_type != 'model'
        or model.config.materialized not in ('delta', 'connected_components')
        or load_cached_relation(this) is none
    -%}
        {{ return('create') }}
    {%- else -%}
        {{ return('beside' if should_full_refresh() else 'delta') }}
    {%- endif -%}
{%- endmacro %}
