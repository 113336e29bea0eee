{#
    The identifiers of the persons, or of the groups, that records list: `identifiers` (id,
    record_hash, event_id, entity, row_id, identifier_type, raw_value, identifier_value) with what is
    known of their record.
#}
{% macro listed_identifiers(records, identifiers, entity) -%}
    select
        identifiers.event_id,
        identifiers.row_id,
        identifiers.identifier_type,
        identifiers.raw_value,
        identifiers.identifier_value,
        cast(null as {{ dbt.type_string() }}) as role,
        records.occurred_at,
        records.is_current,
        records.synced_at
    from {{ identifiers }} as identifiers
    inner join {{ records }} as records
        on identifiers.id = records.id and identifiers.record_hash = records.record_hash
    where identifiers.entity = '{{ entity }}'
{%- endmacro %}
