{#
    A table (node, component) from a model that selects edges (node_a, node_b): each node that has
    an edge, with the smallest node of its connected component.

    The graph is contracted until no edge is left. In each round every label picks the least of
    itself and its neighbours, in an order that is shuffled anew, and the edges move to the picked
    labels: so the graph shrinks by a constant factor whatever its diameter, and memory grows with
    its edges. After Bögeholz, Brand and Todor, "In-database connected component analysis" (2020).
#}
{% materialization connected_components, default %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- set fresh = make_intermediate_relation(target) -%}
    {%- set previous = make_backup_relation(target, 'table') -%}
    {%- set prefix = this.identifier -%}
    {#- Each round leaves three quarters of the labels at most, on average: 2^31 need about 75. -#}
    {%- set max_rounds = config.get('max_rounds', 100) -%}

    {{ run_hooks(pre_hooks) }}
    {% do drop_relation_if_exists(load_cached_relation(fresh)) %}
    {% do drop_relation_if_exists(load_cached_relation(previous)) %}

    {% do headless_crm.run_each(headless_crm.contraction_start(prefix, compiled_code)) %}
    {%- set progress = namespace(round=0, edges=1) -%}
    {% for round in range(1, max_rounds + 2) if progress.edges > 0 %}
        {%- set progress.edges = run_query(headless_crm.contraction_edges_left(prefix, round))[0][0] | int -%}
        {% if progress.edges > 0 and round <= max_rounds %}
            {% do headless_crm.run_each(headless_crm.contraction_round(prefix, round)) %}
            {%- set progress.round = round -%}
        {% endif %}
    {% endfor %}
    {% if progress.edges > 0 %}
        {% do exceptions.raise_compiler_error(
            prefix ~ ": " ~ progress.edges ~ " edges were left after " ~ max_rounds
            ~ " rounds. Nothing was published. Raise the model's max_rounds."
        ) %}
    {% endif %}
    {% for round in range(progress.round, 0, -1) %}
        {% do run_query(headless_crm.contraction_compose(prefix, round, progress.round)) %}
    {% endfor %}

    {% call statement('main') %}
        {{ create_table_as(false, fresh, headless_crm.contraction_result(prefix)) }}
    {% endcall %}
    {% for table in ['graph', 'nodes', 'edges', 'picks', 'finals'] %}
        {% do run_query('drop table ' ~ prefix ~ '__' ~ table) %}
    {% endfor %}
    {% if existing is not none %}
        {% do adapter.rename_relation(existing, previous) %}
    {% endif %}
    {% do adapter.rename_relation(fresh, target) %}
    {% do persist_docs(target, model) %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {% do drop_relation_if_exists(previous) %}

    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{% macro run_each(statements) -%}
    {%- for sql in statements -%}{%- do run_query(sql) -%}{%- endfor -%}
{%- endmacro %}
