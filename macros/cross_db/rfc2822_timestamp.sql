{#
    A mail's Date header as a timestamp in UTC; null where it is none. The day's name before it is
    optional in the header. Of zones' names, those of the United States tell an offset (RFC 5322,
    4.3); with another one, as without a zone, the time is UTC's.
#}
{% macro rfc2822_timestamp(text) -%}
    {%- set months = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec' -%}
    {%- set time = '(?:[01]\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d)?' -%}
    {%- set offset = '[+-](?:0\\d|1[0-5])[0-5]\\d' -%}
    {%- set zones = {'EDT': '-0400', 'EST|CDT': '-0500', 'CST|MDT': '-0600', 'MST|PDT': '-0700', 'PST': '-0800'} -%}
    {%- set date = '(?i)(\\d{1,2} (?:' ~ months ~ ') [12]\\d{3} ' ~ time ~ '(?: (?:' ~ offset ~ '|[ECMP][SD]T))?)' -%}
    {%- set found = namespace(sql=headless_crm.regex_extract(text, date)) -%}
    {%- for names, zone in zones.items() -%}
        {%- set found.sql = headless_crm.regex_replace(found.sql, '(?i) (' ~ names ~ ')$', ' ' ~ zone) -%}
    {%- endfor -%}
    {{ adapter.dispatch('mail_timestamp', 'headless_crm')(found.sql) }}
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
