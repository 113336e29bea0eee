{#
    The statements of a model's delta, for whoever runs them, the materialization or a program:

    scope        make the table of what is touched; where that stays empty, `changes` need not run
    scope_index  index it: what the planner takes for one row would be compared with each of many
    changes      bring the table up to date
    absorbed     note how far the model has read

    `select_sql` is the model's own select, rendered for a delta.
#}
{% macro delta_statements(node, select_sql) -%}
    {%- set scope = node.config.get('scope') -%}
    {%- set touched = headless_crm.step_table(node, 'scope') -%}
    {%- set in_scope = ' in (select scope_key from ' ~ touched ~ ')' -%}
    {%- set fresh_sql = select_sql if not scope or headless_crm.is_narrowed(node) else
        'select * from (' ~ select_sql ~ ') as model_rows where ' ~ headless_crm.narrowed_before(scope) ~ in_scope -%}
    {%- if node.config.get('appends') -%}
        {%- set fresh = headless_crm.step_table(node, 'fresh') -%}
        {%- set changes = [headless_crm.temporary_table(fresh, fresh_sql), headless_crm.put_in(node, fresh)] -%}
    {%- else -%}
        {%- set among = headless_crm.relation_of(node) ~ ' where ' ~ scope ~ in_scope if scope else none -%}
        {%- set changes = headless_crm.change_statements(node, '(' ~ fresh_sql ~ ') as fresh', among, scope) -%}
    {%- endif -%}
    {{ return({
        'scope': headless_crm.scope_statements(node),
        'scope_index': headless_crm.index_statements(touched, ['scope_key']) if scope else [],
        'changes': changes,
        'absorbed': headless_crm.absorbed_statements(node),
    }) }}
{%- endmacro %}

{# None, of a model without a scope. #}
{% macro scope_statements(node, at_once=false, source_name=none) -%}
    {%- if not node.config.get('scope') -%}{{ return([]) }}{%- endif -%}
    {{ return([headless_crm.temporary_table(headless_crm.step_table(node, 'scope'), headless_crm.touched_scope(node, at_once, source_name))]) }}
{%- endmacro %}

{% macro scope_size(node) -%}
    select count(*) from {{ headless_crm.step_table(node, 'scope') }}
{%- endmacro %}
