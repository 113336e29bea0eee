{#
    The entity of each identifier (identifier_key, <entity>_id) from a model that selects the active
    edges (node_a, node_b), by contraction: see component_start for what a delta looks at.

    The graph is contracted until no edge is left. In each round every label picks the least of
    itself and its neighbours, in an order that is new each time, and the edges move to the picked
    labels: so the graph shrinks by a constant factor whatever its diameter, and memory grows with
    its edges. After Bögeholz, Brand and Todor, "In-database connected component analysis" (2020).
#}
{% materialization connected_components, default %}
    {%- set mode = headless_crm.build_mode() -%}
    {%- set target = headless_crm.relation_of(model, next=(mode == 'beside')) -%}
    {%- do headless_crm.keep_lock() -%}
    {{ run_hooks(pre_hooks) }}
    {% if mode == 'delta' %}
        {%- do headless_crm.run_each(headless_crm.component_start(model, compiled_code)) -%}
        {%- do headless_crm.contract(model.alias, 'select node_a, node_b from ' ~ headless_crm.step_table(model, 'pairs')) -%}
        {% call statement('main') %}{{ headless_crm.sql_of(headless_crm.component_finish(model) + headless_crm.absorbed_statements(model)) }}{% endcall %}
    {% else %}
        {%- do headless_crm.contract(model.alias, compiled_code) -%}
        {%- set statements = headless_crm.create_statements(model, headless_crm.component_whole(model), next=(mode == 'beside')) -%}
        {% if mode == 'create' %}
            {%- do statements.append(headless_crm.journal_of_births(model)) -%}
        {% endif %}
        {% call statement('main') %}{{ headless_crm.sql_of(statements) }}{% endcall %}
        {% do persist_docs(target, model) %}
    {% endif %}
    {% for table in ['graph', 'firsts', 'rest', 'nodes', 'edges', 'picks', 'finals'] %}
        {% do run_query('drop table ' ~ model.alias ~ '__' ~ table) %}
    {% endfor %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{# Run the contraction of the graph that a select of (node_a, node_b) gives, to the end. #}
{% macro contract(prefix, edges_sql) -%}
    {%- do headless_crm.run_each(headless_crm.contraction_start(prefix, edges_sql)) -%}
    {%- set max_rounds = headless_crm.max_rounds() -%}
    {%- set progress = namespace(round=0, edges=1) -%}
    {%- for round in range(1, max_rounds + 2) if progress.edges > 0 -%}
        {%- set progress.edges = run_query(headless_crm.contraction_edges_left(prefix, round))[0][0] | int -%}
        {%- if progress.edges > 0 and round <= max_rounds -%}
            {%- do headless_crm.run_each(headless_crm.contraction_round(prefix, round)) -%}
            {%- set progress.round = round -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if progress.edges > 0 -%}
        {{ exceptions.raise_compiler_error(
            prefix ~ ": " ~ progress.edges ~ " edges were left after " ~ max_rounds ~ " rounds. Nothing was published."
        ) }}
    {%- endif -%}
    {%- for round in range(progress.round, 0, -1) -%}
        {%- do run_query(headless_crm.contraction_compose(prefix, round)) -%}
    {%- endfor -%}
{%- endmacro %}

{# Each round leaves three quarters of the labels at most, on average: 2^31 need about 75. #}
{% macro max_rounds() -%}{{ return(100) }}{%- endmacro %}

{% macro run_each(statements) -%}
    {%- for sql in statements -%}{%- do run_query(headless_crm.sql_of([sql])) -%}{%- endfor -%}
{%- endmacro %}
