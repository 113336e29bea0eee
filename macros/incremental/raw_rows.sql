{#
    The rows of a raw model, from its source's rows with their keys (id, record, synced_at): each
    content of each id, with its first landing; in a delta those that are new.
#}
{% macro raw_rows(keyed) -%}
    with landings as (
        {{ headless_crm.first_landings(keyed) }}
    )

    select
        id,
        record,
        record_hash,
        synced_at
    from landings
    where {{ headless_crm.incremental_source_filter('landings') }}
{%- endmacro %}
