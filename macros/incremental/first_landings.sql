{#
    One row for each (id, content) of a source table: the first time that this content landed.
    The same content again says nothing new; other content under the same id is a new version.
    An id that no index could hold is none.
#}
{% macro first_landings(relation) -%}
    select
        id,
        record,
        md5(coalesce(record, '')) as record_hash,
        min(synced_at) as synced_at
    from (
        select
            {{ headless_crm.id_or('id', "md5(coalesce(record, ''))") }} as id,
            record,
            synced_at
        from {{ relation }}
    ) as landings
    group by id, record
{%- endmacro %}

{# An id of a source, or what stands for one that is longer than an index of any warehouse takes. #}
{% macro id_or(id, instead) -%}
    case when length({{ id }}) <= 500 then {{ id }} else {{ instead }} end
{%- endmacro %}
