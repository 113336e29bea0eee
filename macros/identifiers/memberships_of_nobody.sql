{#
    The memberships, of records with a list of them (id, record_hash, memberships), of a person or a
    group that the record does not list: `entities` (id, record_hash, entity, position).
#}
{% macro memberships_of_nobody(records, entities) -%}
    with items as (
        {{ headless_crm.json_array_items(records, 'memberships') }}
    )

    select
        items.id,
        items.record_hash
    from items
    left join {{ entities }} as entities
        on
            items.id = entities.id
            and items.record_hash = entities.record_hash
            and cast(entities.position as {{ dbt.type_string() }}) = case entities.entity
                when 'person' then {{ headless_crm.json_text('items.item', 'person') }}
                else {{ headless_crm.json_text('items.item', 'group') }}
            end
    group by items.id, items.record_hash, items.position
    having count(entities.id) < 2
{%- endmacro %}
