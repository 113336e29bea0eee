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

{% macro default__iso_timestamp(text) -%}
    try_cast({{ text }} as timestamp)
{%- endmacro %}
