{# The names of the tables that the statements of a components model use. #}
{% macro component_tables(node) -%}
    {%- set nodes_node = headless_crm.model_named(node.config.entity ~ '_identifier_arrivals') -%}
    {%- set edges_node = headless_crm.model_named(node.config.entity ~ '_identifier_edges') -%}
    {%- set tables = {
        'nodes_node': nodes_node,
        'edges_node': edges_node,
        'nodes': headless_crm.relation_of(nodes_node),
        'edges': headless_crm.relation_of(edges_node),
        'live': headless_crm.relation_of(node),
    } -%}
    {%- for part in [
        'edge_changes', 'node_changes', 'dissolved', 'loose', 'scope', 'edges_in_scope', 'labels', 'pairs', 'result', 'fresh', 'touched',
    ] -%}
        {%- do tables.update({part: headless_crm.step_table(node, part)}) -%}
    {%- endfor -%}
    {{ return(tables) }}
{%- endmacro %}
