{#
    An ISO 8601 time as a timestamp in UTC; null where it is none or no such day exists. A time
    without an offset is taken as UTC. Only the pattern's forms are cast, since warehouses also
    read words such as "now" and "infinity" as times.
#}
{% macro safe_timestamp(text) -%}
    {%- set iso = '^\\s*\\d{4}-\\d{2}-\\d{2}([T ]\\d{2}:\\d{2}(:\\d{2}([.]\\d+)?)?\\s*(Z|z|[+-]\\d{2}(:?\\d{2})?)?)?\\s*$' -%}
    case
        when {{ headless_crm.regex_matches(text, iso) }}
            then {{ adapter.dispatch('iso_timestamp', 'headless_crm')(text) }}
    end
{%- endmacro %}

{# A cast to timestamp reads an offset and forgets it, without an error. #}
{% macro default__iso_timestamp(text) -%}
    case
        when {{ headless_crm.regex_matches(text, '[T ].*[+-]\\d{2}(:?\\d{2})?\\s*$') }}
            then cast(try_cast({{ text }} as timestamptz) at time zone 'UTC' as timestamp)
        else try_cast({{ text }} as timestamp)
    end
{%- endmacro %}
