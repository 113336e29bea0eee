{#
    The scalar at a dotted path of a JSON text, as text; null where it is absent or JSON's null.
    The text must be valid JSON or null: see valid_json.
#}
{% macro json_text(json, path='') -%}
    {{ return(adapter.dispatch('json_text', 'headless_crm')(json, path)) }}
{%- endmacro %}

{% macro default__json_text(json, path) -%}
    json_extract_string({{ json }}, '{{ headless_crm.json_path(path) }}')
{%- endmacro %}

{# A dotted path in JSONPath's notation: `a.b` is `$."a"."b"`. #}
{% macro json_path(path) -%}
    ${% for part in path.split('.') if part %}."{{ part }}"{% endfor %}
{%- endmacro %}
