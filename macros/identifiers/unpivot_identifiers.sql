{#
    One row for each identifier of a wide relation with `event_id` and `row_id`, before it is
    normalised. `columns` maps an identifier's type to the expression that holds its value.
#}
{% macro unpivot_identifiers(relation, columns) -%}
    {%- for identifier_type, expression in columns.items() %}
    select
        event_id,
        row_id,
        '{{ identifier_type }}' as identifier_type,
        {{ expression }} as raw_value,
        cast(null as {{ dbt.type_string() }}) as role,
        occurred_at,
        is_current,
        synced_at
    from {{ relation }}
    where {{ expression }} is not null
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
{%- endmacro %}
