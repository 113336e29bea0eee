{#
    The digits of an id of Shopify's: `gid://<namespace>/<Type>/<digits>` or the digits alone, at
    most 30; null for anything else, such as the id of another `type`, where one is said.
#}
{% macro gid_digits(expression, type='[^/]+') -%}
    {{ headless_crm.regex_extract(expression, '^\\s*(?:gid://[^/]+/' ~ type ~ '/)?([0-9]{1,30})(?:[?].*)?\\s*$') }}
{%- endmacro %}
