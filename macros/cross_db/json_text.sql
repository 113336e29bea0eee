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

{% macro postgres__json_text(json, path) -%}
    {{ headless_crm.own_function('json_text') }}({{ json }}, '{{ headless_crm.postgres_path(path) }}')
{%- endmacro %}

{# A dotted path as an array of names: `a.b` is {"a","b"}. #}
{% macro postgres_path(path) -%}
    { {%- for part in path.split('.') if part %}"{{ part }}"{% if not loop.last %},{% endif %}{% endfor -%} }
{%- endmacro %}

{% macro postgres_json_text() -%}
    create or replace function {{ headless_crm.own_function('json_text') }}(given text, path text[]) returns text
    language plpgsql immutable strict parallel safe as $function$
    declare
        found_json json := given::json #> path;
    begin
        return case json_typeof(found_json)
            when 'string' then found_json #>> '{}'
            when 'null' then null
            else {{ headless_crm.own_function('json_compact') }}(found_json::text)
        end;
    end
    $function$
{%- endmacro %}
