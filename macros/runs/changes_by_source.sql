{#
    Of a model that unites sources, the statements for what comes of one of them at once, by its name
    in the project. Rows of the others stay as they are: none depends on it. A source that shares its name
    in the model's rows with another one has none, since its rows can't be told from those.
#}
{% macro changes_by_source(node, select_sql) -%}
    {%- set origins = graph.sources.values() | map(attribute='source_name') | unique | list -%}
    {%- set united, others = {}, {} -%}
    {%- set unites = node.config.get('unites') or [] -%}
    {%- for sources_var in ([unites] if unites is string else unites) -%}
        {%- for source in var(sources_var) -%}
            {%- for origin in origins -%}
                {%- set own = headless_crm.comes_of(headless_crm.model_named(source.name), origin) -%}
                {%- do (united if own else others).setdefault(origin, []).append(source.source) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set found, scope = {}, node.config.get('scope') -%}
    {%- set in_scope = ' in (select scope_key from ' ~ headless_crm.step_table(node, 'scope') ~ ')' -%}
    {%- for origin, names in united.items() if not names | select('in', others.get(origin, [])) | list -%}
        {%- set among -%}
            (
                select * from {{ headless_crm.relation_of(node) }}
                where {{ scope }}{{ in_scope }} {{ headless_crm.planned_alone() }}
            ) as live
            where source in ('{{ names | unique | join("', '") }}')
        {%- endset -%}
        {%- set changes = headless_crm.change_statements(node, '(' ~ select_sql ~ ') as fresh', among, scope) -%}
        {%- do found.update({origin: headless_crm.scope_statements(node, at_once=true, source_name=origin) + changes}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
