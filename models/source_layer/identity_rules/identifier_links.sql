-- Grain: two identifiers that the user says are always, or never, of one entity. Never wins.
{{ config(unique_key='id') }}

with typed as (
    {% for side in ['a', 'b'] %}
    select
        {{ surrogate_key([
            'entity', 'rule', 'identifier_type_a', 'identifier_value_a', 'identifier_type_b', 'identifier_value_b',
        ]) }} as link_id,
        entity,
        rule,
        reason,
        {{ lower_text(strip_space('identifier_type_' ~ side)) }} as identifier_type,
        identifier_value_{{ side }} as raw_value
    from {{ source('identity_rules', 'identifier_links') }}
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}
),

normalized as (
    {{ normalize_identifiers('typed') }}
),

keyed as (
    select distinct
        link_id,
        entity,
        rule,
        reason,
        identifier_type,
        identifier_value,
        case
            when entity = 'person' then {{ identifier_key('person', 'identifier_type', 'identifier_value') }}
            else {{ identifier_key('group', 'identifier_type', 'identifier_value') }}
        end as identifier_key
    from normalized
    where identifier_value is not null
),

paired as (
    select
        a.entity,
        a.rule,
        a.reason,
        a.identifier_key as identifier_key_a,
        a.identifier_type as identifier_type_a,
        a.identifier_value as identifier_value_a,
        b.identifier_key as identifier_key_b,
        b.identifier_type as identifier_type_b,
        b.identifier_value as identifier_value_b,
        {{ surrogate_key(['a.entity', 'a.identifier_key', 'b.identifier_key']) }} as id
    from keyed as a
    inner join keyed as b
        on a.link_id = b.link_id and {{ identifier_before('a', 'b') }}
    where a.rule in ('always', 'never')
),

ranked as (
    select
        *,
        row_number() over (partition by id order by rule desc, reason asc) as first_of_pair
    from paired
)

select
    id,
    entity,
    rule,
    identifier_key_a,
    identifier_type_a,
    identifier_value_a,
    identifier_key_b,
    identifier_type_b,
    identifier_value_b,
    reason
from ranked
where {{ is_first('first_of_pair') }}
