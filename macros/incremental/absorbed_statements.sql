{#
    The statements that note what a model has absorbed: of each upstream, all up to this stamp; of
    a table that records land in, the newest `synced_at` that was seen. A time ahead of the clock counts as now,
    or else all that lands until then would be taken for old.
#}
{% macro absorbed_statements(node) -%}
    {%- set table = headless_crm.state_table('watermarks') -%}
    {%- set marks = [] -%}
    {%- for upstream in headless_crm.upstream_models(node) -%}
        {%- do marks.append(
            "select '" ~ node.name ~ "', '" ~ upstream.name ~ "', stamp from " ~ headless_crm.state_table('writer_lock')
        ) -%}
    {%- endfor -%}
    {%- for unique_id in node.depends_on.nodes if node.config.get('appends') and unique_id.startswith('source.') -%}
        {%- do marks.append(headless_crm.source_mark(node, graph.sources[unique_id])) -%}
    {%- endfor -%}
    {%- set forget = "delete from " ~ table ~ " where model = '" ~ node.name ~ "'" -%}
    {#- What a model read before a change of settings is no longer what it is behind. -#}
    {%- if not marks -%}{{ return([forget]) }}{%- endif -%}
    {%- set noted = headless_crm.step_table(node, 'marks') -%}
    {{ return([
        headless_crm.temporary_table(
            noted, 'select * from (' ~ marks | join(' union all ') ~ ') as marks (model, upstream, absorbed)'
        ),
        forget,
        "insert into " ~ table ~ " (model, upstream, absorbed) select model, upstream, absorbed from " ~ noted,
    ]) }}
{%- endmacro %}

{% macro source_mark(node, source_node) -%}
    {%- set table = headless_crm.source_table(source_node) -%}
    {%- set before = headless_crm.watermark(node, source_node) -%}
    select
        '{{ node.name }}',
        '{{ source_node.name }}',
        coalesce(greatest(
            {{ before }},
            (
                select max(least({{ headless_crm.utc_timestamp('landed.synced_at') }}, {{ headless_crm.run_stamp() }}))
                from {{ table }} as landed
                where {{ headless_crm.landed_since('landed.synced_at', before) }}
            )
        ), {{ before }})
{%- endmacro %}
