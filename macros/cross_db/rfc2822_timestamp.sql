{#
    A mail's Date header as a timestamp in UTC, with any run of space and years of two digits, which
    RFC 5322 lets be read still (4.3); null where it is none. Of zones' names, those of the United
    States tell an offset; with another one, as without a zone, the time is UTC's. Digits or signs
    that nothing here reads, but for a comment's behind an offset, may be a part of the time: so
    there is none.
#}
{% macro rfc2822_timestamp(text) -%}
    {%- set months = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec' -%}
    {%- set time = '(?:[01]\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d)?' -%}
    {%- set offset = '[+-](?:0\\d|1[0-5])[0-5]\\d' -%}
    {%- set zones = {'EDT': '-0400', 'EST|CDT': '-0500', 'CST|MDT': '-0600', 'MST|PDT': '-0700', 'PST': '-0800'} -%}
    {%- set date = '\\d{1,2}\\s+(?:' ~ months ~ ')\\s+(?:[12]\\d{3}|\\d\\d)\\s+' ~ time -%}
    {%- set start, rest = '(?i)^[^\\d+-]*(' ~ date, '(?:[^\\w.+-][^\\d+-]*)?' -%}
    {%- set zoned = start ~ '\\s*(?:' ~ offset ~ '|[ECMP][SD]T))' ~ rest ~ '(?:\\(.*)?$' -%}
    {#- AM and PM are no zones. -#}
    {%- set zoneless = start ~ ')\\s*(?:(?:[a-z]|UT|[a-z]{3,})' ~ rest ~ '|[^\\w\\s.+-][^\\d+-]*)?$' -%}
    {%- set found = namespace(
        sql='coalesce(' ~ headless_crm.regex_extract(text, zoned) ~ ', ' ~ headless_crm.regex_extract(text, zoneless) ~ ')'
    ) -%}
    {%- set spellings = {'\\s+': ' ', '^(\\d+ \\w+ )([0-4]\\d )': '\\120\\2', '^(\\d+ \\w+ )([5-9]\\d )': '\\119\\2'} -%}
    {%- for pattern, spelling in spellings.items() -%}
        {%- set found.sql = headless_crm.regex_replace(found.sql, pattern, spelling) -%}
    {%- endfor -%}
    {%- for names, zone in zones.items() -%}
        {%- set found.sql = headless_crm.regex_replace(found.sql, '(?i) ?(' ~ names ~ ')$', ' ' ~ zone) -%}
    {%- endfor -%}
    {{ adapter.dispatch('mail_timestamp', 'headless_crm')(headless_crm.regex_replace(found.sql, ' ?([+-])', ' \\1')) }}
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
