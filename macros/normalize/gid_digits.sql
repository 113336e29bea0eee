{#
    The digits of an id of Shopify's: `gid://<namespace>/<Type>/<digits>` or the digits alone; null
    for anything else.
#}
{% macro gid_digits(expression) -%}
    {{ headless_crm.regex_extract(expression, '^\\s*(?:gid://[^/]+/[^/]+/)?([0-9]+)(?:[?].*)?\\s*$') }}
{%- endmacro %}
