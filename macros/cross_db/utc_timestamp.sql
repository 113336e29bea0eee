{# A time of whatever type the loader used, as a timestamp in UTC without a zone. #}
{% macro utc_timestamp(expression) -%}
    {{ return(adapter.dispatch('utc_timestamp', 'headless_crm')(expression)) }}
{%- endmacro %}

{# By way of text, which carries the offset if there is one, whatever the session's zone. #}
{% macro default__utc_timestamp(expression) -%}
    try_cast(cast({{ expression }} as varchar) as timestamp)
{%- endmacro %}
