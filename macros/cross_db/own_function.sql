{# The name of a function of ours in the warehouse: see create_functions. #}
{% macro own_function(name) -%}
    {{ target.schema }}.crm_{{ name }}
{%- endmacro %}
