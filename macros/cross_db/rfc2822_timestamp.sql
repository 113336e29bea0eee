{# A mail's Date header as a timestamp in UTC; null where it is none. #}
{% macro rfc2822_timestamp(text) -%}
    {{ return(adapter.dispatch('rfc2822_timestamp', 'headless_crm')(text)) }}
{%- endmacro %}

{#
    The day's name and the comment with the zone's name are optional in the header: cut them. A time
    without a zone is UTC's, and not the session's.
#}
{% macro default__rfc2822_timestamp(text) -%}
    cast(try_strptime(
        regexp_replace(
            regexp_extract({{ text }}, '\d{1,2} \w{3} \d{4} \d{2}:\d{2}(:\d{2})?( (GMT|UTC?|[+-]\d{4}))?'),
            '(:\d{2})( (GMT|UTC?))?$', '\1 +0000'
        ),
        ['%d %b %Y %H:%M:%S %z', '%d %b %Y %H:%M %z']
    ) at time zone 'UTC' as timestamp)
{%- endmacro %}
