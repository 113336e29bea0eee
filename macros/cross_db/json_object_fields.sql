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

{% macro postgres__json_object_fields(relation, json) -%}
    select
        given_rows.*,
        fields.field,
        cast(fields.field_value as text) as field_value
    from (select * from {{ relation }} {{ headless_crm.planned_alone() }}) as given_rows
    cross join lateral json_each(
        case
            when json_typeof(cast({{ json }} as json)) = 'object'
                then cast({{ headless_crm.own_function('json_compact') }}({{ json }}) as json)
            else '{}'
        end
    ) as fields (field, field_value)
{%- endmacro %}
