{#
    The traits (row_id, trait_name, trait_value) of the persons, or of the groups, that records
    list: `entities` (id, record_hash, entity, row_id, traits: a JSON object).
#}
{% macro listed_traits(records, entities, entity) -%}
    with listed as (
        select
            entities.row_id,
            entities.traits
        from {{ entities }} as entities
        inner join {{ records }} as records
            on entities.id = records.id and entities.record_hash = records.record_hash
        where entities.entity = '{{ entity }}'
    ),

    trait_fields as (
        {{ headless_crm.json_object_fields('listed', 'traits') }}
    )

    select
        row_id,
        field as trait_name,
        {{ headless_crm.json_text('field_value') }} as trait_value
    from trait_fields
{%- endmacro %}
