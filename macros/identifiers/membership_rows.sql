{#
    The rows of a source's membership model: `pairs` (event_id, person_row_id, group_row_id, role)
    with the first identifier of each side (see first_identifier), for whoever reads them: which
    person and group the rows are of is for the resolution to say, by all of their identifiers. Of
    a pair that an event tells twice, the one with a role counts. `told_at` is as in trait_rows.
#}
{% macro membership_rows(pairs, persons, groups, source, told_at='person_rows.occurred_at') -%}
    with identified as (
        select
            pairs.event_id,
            pairs.person_row_id,
            pairs.group_row_id,
            person_rows.identifier_key as person_identifier_key,
            person_rows.identifier_type as person_identifier_type,
            person_rows.identifier_value as person_identifier,
            group_rows.identifier_key as group_identifier_key,
            group_rows.identifier_type as group_identifier_type,
            group_rows.identifier_value as group_identifier,
            pairs.role,
            {{ told_at }} as occurred_at,
            person_rows.synced_at,
            person_rows._ingested_at,
            {{ headless_crm.surrogate_key(['pairs.person_row_id', 'pairs.group_row_id']) }} as id
        from {{ pairs }} as pairs
        inner join {{ persons }} as person_rows on pairs.person_row_id = person_rows.row_id
        inner join {{ groups }} as group_rows on pairs.group_row_id = group_rows.row_id
    ),

    ranked as (
        select
            *,
            row_number() over (
                partition by id
                order by case when role is null then 1 else 0 end, {{ headless_crm.binary_order('role') }}, synced_at, occurred_at
            ) as telling
        from identified
    )

    select
        id,
        event_id,
        person_row_id,
        group_row_id,
        person_identifier_key,
        person_identifier_type,
        person_identifier,
        group_identifier_key,
        group_identifier_type,
        group_identifier,
        role,
        '{{ source }}' as source,
        occurred_at,
        synced_at,
        _ingested_at
    from ranked
    where {{ headless_crm.is_first('telling') }}
{%- endmacro %}
