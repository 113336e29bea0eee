{#
    The edges between the identifiers of each row (`row_id`), each unordered pair once, with the
    provenance of its first sighting: time, source and event of one and the same row. `partners`
    are the identifiers that the second of a pair is taken from, where they are more than the first.
#}
{% macro create_and_dedup_edges(identifiers, partners=none) -%}
    with pairs as (
        select
            a.identifier_key as identifier_key_a,
            a.identifier_type as identifier_type_a,
            a.identifier_value as identifier_value_a,
            b.identifier_key as identifier_key_b,
            b.identifier_type as identifier_type_b,
            b.identifier_value as identifier_value_b,
            a.occurred_at,
            a.source,
            a.event_id,
            a.row_id,
            a.synced_at,
            a.source_ingested_at,
            {{ headless_crm.surrogate_key([
                'a.identifier_type', 'a.identifier_value', 'b.identifier_type', 'b.identifier_value',
            ]) }} as edge_id
        from {{ partners or identifiers }} as b
        inner join {{ identifiers }} as a
            on a.row_id = b.row_id and {{ headless_crm.identifier_before('a', 'b') }}
    ),

    ranked as (
        select
            *,
            min(synced_at) over (partition by edge_id) as first_synced_at,
            row_number() over (
                partition by edge_id
                order by occurred_at, synced_at, event_id, row_id
            ) as sighting
        from pairs
    )

    select
        edge_id,
        identifier_key_a,
        identifier_type_a,
        identifier_value_a,
        identifier_key_b,
        identifier_type_b,
        identifier_value_b,
        occurred_at,
        source,
        event_id,
        first_synced_at,
        synced_at,
        source_ingested_at
    from ranked
    where {{ headless_crm.is_first('sighting') }}
{%- endmacro %}
