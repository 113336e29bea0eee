{#
    A time of whatever type the loader used, as a timestamp in UTC without a zone: by way of text,
    which carries the offset if there is one, whatever the session's zone.
#}
{% macro utc_timestamp(expression) -%}
    {{ headless_crm.safe_timestamp('cast(' ~ expression ~ ' as ' ~ dbt.type_string() ~ ')') }}
{%- endmacro %}
