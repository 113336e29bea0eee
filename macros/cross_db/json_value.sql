{# The JSON value at a dotted path of a JSON text; null where it is absent or JSON's null. #}
{% macro json_value(json, path) -%}
    {{ return(adapter.dispatch('json_value', 'headless_crm')(json, path)) }}
{%- endmacro %}

{% macro default__json_value(json, path) -%}
    nullif(cast(json_extract({{ json }}, '{{ headless_crm.json_path(path) }}') as varchar), 'null')
{%- endmacro %}

{% macro postgres__json_value(json, path) -%}
    {{ headless_crm.own_function('json_value') }}({{ json }}, '{{ headless_crm.postgres_path(path) }}')
{%- endmacro %}

{% macro postgres_json_value() -%}
    create or replace function {{ headless_crm.own_function('json_value') }}(given text, path text[]) returns text
    language plpgsql immutable strict parallel safe as $function$
    begin
        return nullif({{ headless_crm.own_function('json_compact') }}((given::json #> path)::text), 'null');
    end
    $function$
{%- endmacro %}
