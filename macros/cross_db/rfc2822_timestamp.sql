{#
    A mail's Date header as a timestamp in UTC; null where it is none. The day's name before it and
    the zone's name after it are optional in the header. A time without a zone is UTC's.
#}
{% macro rfc2822_timestamp(text) -%}
    {%- set months = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec' -%}
    {%- set time = '(?:[01]\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d)?' -%}
    {%- set offset = '[+-](?:0\\d|1[0-5])[0-5]\\d' -%}
    {%- set date = '(?i)(\\d{1,2} (?:' ~ months ~ ') [12]\\d{3} ' ~ time ~ '(?: ' ~ offset ~ ')?)' -%}
    {{ adapter.dispatch('mail_timestamp', 'headless_crm')(headless_crm.regex_extract(text, date)) }}
{%- endmacro %}

{# The engine takes 31 February for 3 March, so that the day is looked at again. #}
{% macro default__mail_timestamp(text) -%}
    case
        when day(try_strptime(regexp_extract({{ text }}, '^\d+ \w+ \d+'), '%d %b %Y'))
            = try_cast(regexp_extract({{ text }}, '^\d+') as integer)
            then cast(try_strptime(
                regexp_replace({{ text }}, '(:\d{2})$', '\1 +0000'),
                ['%d %b %Y %H:%M:%S %z', '%d %b %Y %H:%M %z']
            ) at time zone 'UTC' as timestamp)
    end
{%- endmacro %}

{% macro postgres__mail_timestamp(text) -%}
    {{ headless_crm.own_function('try_timestamp') }}({{ text }})
{%- endmacro %}
