{#
    A key, 32 hexadecimal digits, as what the warehouse joins and sorts fastest, of which no two keys
    become one: 16 bytes, where there is a type of that size that has a minimum.
#}
{% macro packed_key(key) -%}
    {{ return(adapter.dispatch('packed_key', 'headless_crm')(key)) }}
{%- endmacro %}

{% macro default__packed_key(key) -%}
    cast({{ key }} as uuid)
{%- endmacro %}

{# Its uuid has no minimum before version 18. #}
{% macro postgres__packed_key(key) -%}
    {{ key }}
{%- endmacro %}
