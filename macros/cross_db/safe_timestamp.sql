{#
    An ISO 8601 time as a timestamp in UTC; null where it is none, no such day exists, or the offset
    may lead out of the years 1 to 9999. A time without an offset is taken as UTC. Only the pattern's
    forms are cast, since warehouses also read words such as "now" and "infinity" as times.
#}
{% macro safe_timestamp(text) -%}
    {%- set offset = '[+-](0\\d|1[0-5])(:?[0-5]\\d)?' -%}
    {%- set iso = '^\\s*\\d{4}-\\d{2}-\\d{2}([T ]\\d{2}:\\d{2}(:\\d{2}([.]\\d+)?)?\\s*(Z|z|' ~ offset ~ ')?)?\\s*$' -%}
    case
        when {{ headless_crm.regex_matches(text, '^\\s*(0000|(0001-01-01|9999-12-31)[T ](24|.*[+-]))') }} then null
        when {{ headless_crm.regex_matches(text, iso) }}
            then {{ adapter.dispatch('iso_timestamp', 'headless_crm')(text) }}
    end
{%- endmacro %}

{#
    A cast to timestamp reads an offset and forgets it, without an error. It wants Z in upper case,
    and seconds before it; one to timestamptz wants seconds before an offset, and no space. None wants
    space around a date.
#}
{% macro default__iso_timestamp(text) -%}
    {%- set text = 'trim(' ~ text ~ ", ' \t\n\f\r')" -%}
    {%- set spaceless = headless_crm.regex_replace(text, '\\s+([+-])', '\\1') -%}
    case
        when {{ headless_crm.regex_matches(text, '[T ].*[+-]\\d{2}(:?\\d{2})?$') }}
            then cast(try_cast(
                {{ headless_crm.regex_replace(spaceless, '([T ]\\d{2}:\\d{2})([+-])', '\\1:00\\2') }} as timestamptz
            ) at time zone 'UTC' as timestamp)
        else try_cast({{ headless_crm.regex_replace(text, '\\s*[Zz]$', '') }} as timestamp)
    end
{%- endmacro %}

{% macro postgres__iso_timestamp(text) -%}
    {{ headless_crm.own_function('try_timestamp') }}({{ text }})
{%- endmacro %}

{# Digits after the sixth are cut and not rounded. A cast to timestamp would forget an offset. #}
{% macro postgres_try_timestamp() -%}
    create or replace function {{ headless_crm.own_function('try_timestamp') }}(given text) returns timestamp
    language plpgsql immutable strict as $function$
    begin
        given := regexp_replace(given, '([.]\d{6})\d+', '\1');
        if given ~ ':\d{2}:60' then
            return null;
        end if;
        if given ~ ':.*[-+]\d{2}(:?\d{2})?\s*$' then
            return given::timestamptz at time zone 'UTC';
        end if;
        return given::timestamp;
    exception when others then
        return null;
    end
    $function$
{%- endmacro %}
