{#
    A select of all columns of a relation, one row for each field of the JSON object in `json`,
    with `field` (its name) and `field_value` (JSON text). What is no object has no fields.
#}
{% macro json_object_fields(relation, json) -%}
    {{ return(adapter.dispatch('json_object_fields', 'headless_crm')(relation, json)) }}
{%- endmacro %}

{% macro default__json_object_fields(relation, json) -%}
    select
        *,
        unnest(json_keys({{ json }})) as field,
        cast(unnest(json_extract({{ json }}, '$.*')) as varchar) as field_value
    from {{ relation }}
    where json_type({{ json }}) = 'OBJECT'
{%- endmacro %}
