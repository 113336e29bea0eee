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

{#
    The same of a text that may have seconds instead, by its digits: a number that would be of the
    first years after 1970, or of thousands of years ahead, is none of both.
#}
{% macro epoch_timestamp(text) -%}
    {%- set told = headless_crm.regex_extract(text, '^(\\d{9,10}|\\d{12,13})$') -%}
    {{ headless_crm.epoch_ms_timestamp(headless_crm.regex_replace(told, '^(\\d{9,10})$', '\\1000')) }}
{%- endmacro %}
