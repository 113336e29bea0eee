{#
    The digits of an id of Shopify's: `gid://<namespace>/<Type>/<digits>` or the digits alone, at
    most 30; null for anything else.
#}
{% macro gid_digits(expression) -%}
    {{ headless_crm.regex_extract(expression, '^\\s*(?:gid://[^/]+/[^/]+/)?([0-9]{1,30})(?:[?].*)?\\s*$') }}
{%- endmacro %}
