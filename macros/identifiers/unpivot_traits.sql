{#
    Long rows of (event, identifier, trait) from a wide relation. `identifiers` are those of the
    same `row_id`s: each of them carries the traits, so that a guard which sets one of them aside
    leaves the traits with the others. `columns` maps a trait's name to its expression. `told_at`, a column
    of the relation, is since when the traits hold, where that is not the event's time.
#}
{% macro unpivot_traits(relation, identifiers, columns, told_at=none) -%}
    with long as (
        {%- for trait_name, expression in columns.items() %}
        select
            row_id,
            '{{ trait_name }}' as trait_name,
            cast({{ expression }} as {{ dbt.type_string() }}) as trait_value
            {%- if told_at %},
            {{ told_at }} as told_at
            {%- endif %}
        from {{ relation }}
        {%- if not loop.last %}

        union all
        {% endif %}
        {%- endfor %}
    )

    select * from (
        {{ headless_crm.trait_rows('long', identifiers, 'traits.told_at' if told_at else 'identifiers.occurred_at') }}
    ) as trait_rows
{%- endmacro %}
