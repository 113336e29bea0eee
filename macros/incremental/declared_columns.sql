{# Name → type of the columns that the yml of these models describes; empty while dbt parses. #}
{% macro declared_columns(model_names) -%}
    {%- set columns = {} -%}
    {%- for name in model_names -%}
        {%- for node in (graph.nodes or {}).values() if node.resource_type == 'model' and node.name == name -%}
            {%- for column in node.columns.values() -%}
                {%- do columns.setdefault(column.name, column.data_type) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}
