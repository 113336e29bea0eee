{#
    The versions of records in a source table that its raw model has not taken, each once. A raw
    model keeps the id that a loader gave, or puts a version behind it; without one, or with
    one that is too long, it makes an id of the content, so that the content alone tells.
#}
{% macro not_taken(landed, taken) -%}
    select
        landed.source_id,
        landed.record_hash
    from (
        select distinct
            {{ headless_crm.id_or(headless_crm.source_id(), 'null') }} as source_id,
            md5(coalesce(cast(record as {{ dbt.type_string() }}), '')) as record_hash
        from {{ landed }}
    ) as landed
    where not exists (
        select 1
        from {{ taken }} as taken
        where
            taken.record_hash = landed.record_hash
            and (
                landed.source_id is null
                or taken.id = landed.source_id
                or left(taken.id, length(landed.source_id) + 1) = landed.source_id || '-'
            )
    )
{%- endmacro %}
