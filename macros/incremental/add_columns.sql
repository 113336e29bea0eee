{#
    Add the columns that a model's yml describes and its tables lack: its rows, and those that it
    has taken back. Raw rows are kept whatever changes, so that those that are there have null in a
    column that their model has gained.
#}
{% macro add_columns(node) -%}
    {%- for table in [headless_crm.relation_of(node), headless_crm.removed_rows_of(node).incorporate(type='table')] -%}
        {%- set there = adapter.get_columns_in_relation(table) | map(attribute='name') | list -%}
        {%- set added = [] -%}
        {%- for column in node.columns.values() if there and column.name not in there -%}
            {%- do added.append(api.Column(column.name, api.Column.translate_type(column.data_type))) -%}
        {%- endfor -%}
        {%- if added -%}
            {%- do alter_relation_add_remove_columns(table, added, none) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
