{#
    Milliseconds since 1970, as text, as a timestamp in UTC; null where it is no such number, of
    at most 14 digits: more lead out of the years that all programs know.
#}
{% macro epoch_ms_timestamp(text) -%}
    {{ return(adapter.dispatch('epoch_ms_timestamp', 'headless_crm')(text)) }}
{%- endmacro %}

{% macro default__epoch_ms_timestamp(text) -%}
    case when regexp_matches({{ text }}, '^\d{1,14}$') then epoch_ms(cast({{ text }} as bigint)) end
{%- endmacro %}

{# In whole days and the rest: a product with an interval is a float's. #}
{% macro postgres__epoch_ms_timestamp(text) -%}
    case
        when {{ headless_crm.regex_matches(text, '^\\d{1,14}$') }} then timestamp '1970-01-01'
            + cast({{ text }} as bigint) / 86400000 * interval '1 day'
            + cast({{ text }} as bigint) % 86400000 * interval '1 millisecond'
    end
{%- endmacro %}
