{#
    The rows of a source's identifier model from its normalised identifiers: one for each (event,
    row, type, value), those of superseded versions beside them. An invalid value keeps its raw
    form as its identity. Spellings that normalise to one value are one row, the first that came.
#}
{% macro identifier_rows(relation, entity, source, source_table) -%}
    with keyed as (
        select
            *,
            {{ headless_crm.surrogate_key([
                'event_id', 'row_id', 'identifier_type', 'identifier_value',
                'case when identifier_value is null then raw_value end',
            ]) }} as id
        from {{ relation }}
    ),

    ranked as (
        select
            *,
            row_number() over (partition by id, is_current order by synced_at, {{ headless_crm.binary_order('raw_value') }}, occurred_at, {{ headless_crm.binary_order('role') }}) as spelling
        from keyed
    )

    select
        id,
        event_id,
        row_id,
        case
            when identifier_value is not null
                then {{ headless_crm.identifier_key(entity, 'identifier_type', 'identifier_value') }}
        end as identifier_key,
        identifier_type,
        identifier_value,
        raw_value,
        role,
        '{{ source }}' as source,
        '{{ source_table }}' as source_table,
        occurred_at,
        is_current,
        synced_at
    from ranked
    where {{ headless_crm.is_first('spelling') }}
{%- endmacro %}
