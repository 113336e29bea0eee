{#
    What each model's table is made and kept by, as JSON, for a program that runs the same SQL
    without dbt. It is rendered from the graph alone. Where a model's own select belongs there is
    `:select`; `:holder` and `:kind` are to be bound. A temporary table is {table, select}.
#}
{% macro compiled_steps() -%}
    {%- set models = {} -%}
    {%- for node in headless_crm.kept_models() -%}
        {%- do models.update({node.name: headless_crm.compiled_step(node)}) -%}
    {%- endfor -%}
    {{ tojson({
        'state': headless_crm.state_statements(),
        'lock': headless_crm.lock_statements(':holder', ':kind'),
        'unlock': headless_crm.unlock_statements(':holder', "'done'"),
        'models': models,
    }) }}
{%- endmacro %}

{% macro compiled_step(node) -%}
    {%- set step = {
        'depends_on': headless_crm.upstream_models(node) | map(attribute='name') | list,
        'appends': node.config.get('appends', false),
        'relation': headless_crm.relation_of(node) | string,
        'removed': headless_crm.removed_rows_of(node) | string,
        'publish': headless_crm.publish_statements(node),
        'key': headless_crm.key_columns(node),
        'columns': headless_crm.compared_columns(node),
        'prune': headless_crm.prune_statement(node),
        'indexes': headless_crm.event_index_statements(node),
        'landed': headless_crm.landed_by_id(node) if node.config.get('appends') else '',
        'told': headless_crm.told_events(node) if 'source_record_id' in node.columns else {},
    } -%}
    {%- if node.config.materialized == 'connected_components' -%}
        {%- set whole = headless_crm.component_whole(node) -%}
        {%- do step.update({
            'create': headless_crm.create_statements(node, whole) + [headless_crm.journal_of_births(node)],
            'next': headless_crm.create_statements(node, whole, next=true),
            'start': headless_crm.component_start(node, ':select'),
            'at_once': headless_crm.component_start(node, ':select', at_once=true),
            'contraction': headless_crm.compiled_contraction(node.alias),
            'changes': headless_crm.component_finish(node),
            'absorbed': headless_crm.absorbed_statements(node),
            'pairs': 'select node_a, node_b from ' ~ headless_crm.step_table(node, 'pairs'),
        }) -%}
    {%- else -%}
        {%- do step.update({
            'create': headless_crm.create_statements(node, ':select'),
            'next': headless_crm.create_statements(node, ':select', next=true),
            'scope_size': headless_crm.scope_size(node),
            'at_once': headless_crm.scope_statements(node, at_once=true),
            'of_source': headless_crm.changes_by_source(node, ':select'),
        }) -%}
        {%- do step.update(headless_crm.delta_statements(node, ':select')) -%}
    {%- endif -%}
    {{ return(step) }}
{%- endmacro %}

{% macro compiled_contraction(prefix) -%}
    {%- set rounds = [] -%}
    {%- for round in range(1, headless_crm.max_rounds() + 1) -%}
        {%- do rounds.append({
            'edges_left': headless_crm.contraction_edges_left(prefix, round),
            'contract': headless_crm.contraction_round(prefix, round),
            'compose': headless_crm.contraction_compose(prefix, round),
        }) -%}
    {%- endfor -%}
    {{ return({'start': headless_crm.contraction_start(prefix, ':edges'), 'rounds': rounds}) }}
{%- endmacro %}
