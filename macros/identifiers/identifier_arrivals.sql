{#
    Each identifier of a relation of identifiers of all versions: when it first landed and by which
    event, and when the newest versions first saw it, if some of them still have it.
#}
{% macro identifier_arrivals(relation) -%}
    with landings as (
        select
            *,
            row_number() over (partition by identifier_key order by synced_at, event_id) as landing
        from {{ relation }}
        where identifier_key is not null
    )

    select
        identifier_key,
        identifier_type,
        identifier_value,
        max(case when landing = 1 then event_id end) as event_id,
        min(case when is_current then occurred_at end) as first_seen_at,
        max(case when is_current then 1 else 0 end) = 1 as is_current,
        min(synced_at) as synced_at,
        max(source_ingested_at) as source_ingested_at
    from landings
    group by identifier_key, identifier_type, identifier_value
{%- endmacro %}

{# When a row of an identifier is settled, by the identifier's arrival: see `upstream`. #}
{% macro landed_later() -%}
    (own.synced_at < told.synced_at or (own.synced_at = told.synced_at and own.event_id <= told.event_id))
    and (not told.is_current or (own.is_current and own.first_seen_at <= told.occurred_at))
{%- endmacro %}
