{#
    One row for each entity that has resolved traits: those of `names` as columns, and all of them
    as JSON, {"trait": "value", …}, in the order of their names.
#}
{% macro trait_columns(relation, entity_id, names) -%}
    select
        {{ entity_id }},
        {%- for name in names %}
        max(case when trait_name = '{{ name }}' then trait_value end) as {{ name }},
        {%- endfor %}
        '{' || {{ dbt.listagg(
            headless_crm.json_string('trait_name') ~ " || ': ' || " ~ headless_crm.json_string('trait_value'),
            "', '", 'order by ' ~ headless_crm.binary_order('trait_name')
        ) }} || '}' as traits
    from {{ relation }} as resolved_traits
    group by {{ entity_id }}
{%- endmacro %}
