{# Milliseconds since 1970, as text, as a timestamp in UTC; null where it is no such number. #}
{% macro epoch_ms_timestamp(text) -%}
    {{ return(adapter.dispatch('epoch_ms_timestamp', 'headless_crm')(text)) }}
{%- endmacro %}

{% macro default__epoch_ms_timestamp(text) -%}
    case when regexp_matches({{ text }}, '^\d{1,15}$') then epoch_ms(cast({{ text }} as bigint)) end
{%- endmacro %}
