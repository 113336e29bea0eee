{#
    Whether a row number is 1. PostgreSQL takes "= 1" for one row of two hundred, and joins what is
    left by loops within loops; "< 2" it takes for a third.
#}
{% macro is_first(row_number) -%}
    {{ return(adapter.dispatch('is_first', 'headless_crm')(row_number)) }}
{%- endmacro %}

{% macro default__is_first(row_number) -%}
    {{ return(row_number ~ ' = 1') }}
{%- endmacro %}

{% macro postgres__is_first(row_number) -%}
    {{ return(row_number ~ ' < 2') }}
{%- endmacro %}
