{#
    The rows of a source's trait model: each trait of `traits` (row_id, trait_name, trait_value)
    with each identifier of its row. Blank values say nothing and are left out. Where copies of a
    row say different things, the first that came counts, then the smaller value. What a record says of
    now holds from another time than its event's where `told_at`, an expression of either, says so.
#}
{% macro trait_rows(traits, identifiers, told_at='identifiers.occurred_at') -%}
    with identified as (
        select
            identifiers.event_id,
            identifiers.identifier_key,
            identifiers.identifier_type,
            identifiers.identifier_value,
            traits.trait_name,
            {{ headless_crm.strip_space('traits.trait_value') }} as trait_value,
            identifiers.source,
            {{ told_at }} as occurred_at,
            identifiers.synced_at,
            identifiers._ingested_at,
            {{ headless_crm.surrogate_key([
                'identifiers.event_id', 'identifiers.identifier_type', 'identifiers.identifier_value',
                'traits.trait_name',
            ]) }} as id
        from {{ traits }} as traits
        inner join {{ identifiers }} as identifiers on traits.row_id = identifiers.row_id
    ),

    ranked as (
        select
            *,
            row_number() over (partition by id order by synced_at, {{ headless_crm.binary_order('trait_value') }}, occurred_at) as spelling
        from identified
        where trait_value <> ''
    )

    select
        id,
        event_id,
        identifier_key,
        identifier_type,
        identifier_value,
        trait_name,
        trait_value,
        source,
        occurred_at,
        synced_at,
        _ingested_at
    from ranked
    where {{ headless_crm.is_first('spelling') }}
{%- endmacro %}
