{#
    A table that holds the rows of its select, and is kept so by what changes upstream: see
    `upstream` for what a model says, and `build_mode` for the three ways that it is built. All that
    it writes for good is in one call: PostgreSQL's driver opens no transaction after a commit, but
    the statements of one call are one.
#}
{% materialization delta, default %}
    {%- set mode = headless_crm.build_mode() -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- do headless_crm.keep_lock() -%}
    {{ run_hooks(pre_hooks) }}
    {% if mode == 'delta' %}
        {%- if config.get('appends') -%}
            {%- do headless_crm.add_columns(model) -%}
        {%- endif -%}
        {%- set step = headless_crm.delta_statements(model, compiled_code) -%}
        {%- do headless_crm.run_delta(model, step) -%}
    {% else %}
        {%- set target = headless_crm.relation_of(model, next=(mode == 'beside')) -%}
        {% if config.get('contract').enforced %}
            {%- do get_assert_columns_equivalent(headless_crm.whole_select(model, compiled_code)) -%}
        {% endif %}
        {% call statement('main') %}
            {{ headless_crm.sql_of(headless_crm.create_statements(model, compiled_code, next=(mode == 'beside'))) }}
        {% endcall %}
        {% do persist_docs(target, model) %}
    {% endif %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{# Where nothing is touched, the model's own select need not run. #}
{% macro run_delta(node, step) -%}
    {%- set touched = namespace(any=true) -%}
    {%- if step.scope -%}
        {%- set sized = headless_crm.sql_of(step.scope + step.scope_index + [headless_crm.scope_size(node)]) -%}
        {%- set touched.any = run_query(sized)[0][0] | int > 0 -%}
    {%- endif -%}
    {%- set statements = (step.changes if touched.any else []) + step.absorbed -%}
    {% call statement('main') %}{{ headless_crm.sql_of(statements or ['select 1']) }}{% endcall %}
{%- endmacro %}
