{#
    Of a model that unites sources, the `changes` for what comes of one of them, by its name in the
    project. Rows of the others stay as they are: none depends on it.
#}
{% macro changes_by_source(node, select_sql) -%}
    {%- set origins = graph.sources.values() | map(attribute='source_name') | unique | list -%}
    {%- set united = {} -%}
    {%- set unites = node.config.get('unites') or [] -%}
    {%- for sources_var in ([unites] if unites is string else unites) -%}
        {%- for source in var(sources_var) -%}
            {%- for origin in origins if headless_crm.comes_of(headless_crm.model_named(source.name), origin) -%}
                {%- do united.setdefault(origin, []).append(dbt.string_literal(source.source)) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set found = {} -%}
    {%- for origin, names in united.items() -%}
        {%- set among -%}
            (
                select * from {{ headless_crm.relation_of(node) }}
                where {{ node.config.scope }} in (select scope_key from {{ headless_crm.step_table(node, 'scope') }}) {{ headless_crm.planned_alone() }}
            ) as live
            where source in ({{ names | unique | join(', ') }})
        {%- endset -%}
        {%- do found.update({origin: headless_crm.change_statements(node, '(' ~ select_sql ~ ') as fresh', among, node.config.scope)}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
