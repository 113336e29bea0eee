{# A decimal number as numeric(38, 9); null where the text is none. #}
{% macro safe_number(text) -%}
    {{ return(adapter.dispatch('safe_number', 'headless_crm')(text)) }}
{%- endmacro %}

{% macro default__safe_number(text) -%}
    try_cast({{ text }} as numeric(38, 9))
{%- endmacro %}
