{#
    A select of all columns of a relation, one row for each item of the JSON array in `json`, with
    `position` (from 0) and `item` (JSON text). A value that is no array counts as its only item.
#}
{% macro json_array_items(relation, json) -%}
    {{ return(adapter.dispatch('json_array_items', 'headless_crm')(relation, json)) }}
{%- endmacro %}

{# Unnesting two lists side by side is ten times as fast here as a lateral json_each. #}
{% macro default__json_array_items(relation, json) -%}
    {%- set items -%}
        case json_type({{ json }})
            when 'ARRAY' then json_extract({{ json }}, '$[*]')
            else [cast({{ json }} as json)]
        end
    {%- endset -%}
    select
        *,
        cast(unnest({{ items }}) as varchar) as item,
        generate_subscripts({{ items }}, 1) - 1 as position
    from {{ relation }}
    where {{ json }} is not null
{%- endmacro %}

{% macro postgres__json_array_items(relation, json) -%}
    select
        given_rows.*,
        cast(items.item as text) as item,
        items.number - 1 as position
    from (select * from {{ relation }} {{ headless_crm.planned_alone() }}) as given_rows
    cross join lateral json_array_elements(
        case json_typeof(cast({{ json }} as json))
            when 'array' then cast({{ headless_crm.own_function('json_compact') }}({{ json }}) as json)
            else json_build_array(cast({{ headless_crm.own_function('json_compact') }}({{ json }}) as json))
        end
    ) with ordinality as items (item, number)
    where {{ json }} is not null
{%- endmacro %}
