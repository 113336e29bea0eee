{#
    One row for each entity: for each of `types` its oldest identifier of that type, and all of its
    identifiers as JSON, {"type": ["value", …]}, types and values in order.
#}
{% macro identifier_columns(relation, entity_id, types) -%}
    with ranked as (
        select
            *,
            row_number() over (
                partition by {{ entity_id }}, identifier_type
                order by synced_at, {{ headless_crm.binary_order('identifier_value') }}
            ) as age_rank
        from {{ relation }}
    ),

    by_type as (
        select
            {{ entity_id }},
            identifier_type,
            max(case when age_rank = 1 then identifier_value end) as oldest_value,
            {{ dbt.listagg(headless_crm.json_string('identifier_value'), "', '", 'order by ' ~ headless_crm.binary_order('identifier_value')) }} as value_list,
            min(synced_at) as synced_at,
            max(source_ingested_at) as source_ingested_at
        from ranked
        group by {{ entity_id }}, identifier_type
    )

    select
        {{ entity_id }},
        {%- for type in types %}
        max(case when identifier_type = '{{ type }}' then oldest_value end) as {{ type }},
        {%- endfor %}
        '{' || {{ dbt.listagg(
            headless_crm.json_string('identifier_type') ~ " || ': [' || value_list || ']'", "', '", 'order by ' ~ headless_crm.binary_order('identifier_type')
        ) }} || '}' as identifiers,
        min(synced_at) as synced_at,
        max(source_ingested_at) as source_ingested_at
    from by_type
    group by {{ entity_id }}
{%- endmacro %}
