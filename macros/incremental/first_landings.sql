{#
    One row for each (id, content) of a source table: the first time that this content landed.
    The same content again says nothing new; other content under the same id is a new version.
#}
{% macro first_landings(relation) -%}
    select
        id,
        record,
        md5(coalesce(record, '')) as record_hash,
        min(synced_at) as synced_at
    from {{ relation }}
    group by id, record
{%- endmacro %}
