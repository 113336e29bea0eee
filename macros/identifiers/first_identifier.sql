{#
    The first valid identifier of each row of a source's identifier model, by type, then value.
#}
{% macro first_identifier(relation) -%}
    select *
    from (
        select
            *,
            row_number() over (partition by row_id order by {{ headless_crm.binary_order('identifier_type') }}, {{ headless_crm.binary_order('identifier_value') }}) as rank_in_row
        from {{ relation }} as given_rows
        where is_current and identifier_value is not null
    ) as ranked
    where {{ headless_crm.is_first('rank_in_row') }}
{%- endmacro %}
