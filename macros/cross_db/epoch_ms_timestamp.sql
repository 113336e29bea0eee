{# Milliseconds since 1970, as text, as a timestamp in UTC; null where it is no such number. #}
{% macro epoch_ms_timestamp(text) -%}
    {{ return(adapter.dispatch('epoch_ms_timestamp', 'headless_crm')(text)) }}
{%- endmacro %}

{% macro default__epoch_ms_timestamp(text) -%}
    case when regexp_matches({{ text }}, '^\d{1,15}$') then epoch_ms(cast({{ text }} as bigint)) end
{%- endmacro %}

{# In whole seconds and the rest: a product with an interval is a float's. #}
{% macro postgres__epoch_ms_timestamp(text) -%}
    case
        when {{ headless_crm.regex_matches(text, '^\\d{1,15}$') }} then timestamp '1970-01-01'
            + cast({{ text }} as bigint) / 1000 * interval '1 second'
            + cast({{ text }} as bigint) % 1000 * interval '1 millisecond'
    end
{%- endmacro %}
