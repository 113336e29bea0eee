-- Grain: a limit on the partners of identifiers: the user's own, the defaults, and domains that are
-- nobody's own. A row that changes here tells a delta which identifiers to look at again.
{{ config(unique_key='id') }}

with typed as (
    {% for relation, is_default in [
        (source('identity_rules', 'identifier_limits'), 0), (ref('default_identifier_limits'), 1),
    ] %}
    select
        entity,
        {{ lower_text(strip_space('identifier_type')) }} as identifier_type,
        {{ strip_space('identifier_value') }} as raw_value,
        coalesce(nullif({{ lower_text(strip_space('partner_type')) }}, ''), '*') as partner_type,
        max_partners,
        reason,
        {{ is_default }} as is_default
    from {{ relation }}
    union all
    {% endfor %}
    select
        'group' as entity,
        'domain' as identifier_type,
        domain as raw_value,
        '*' as partner_type,
        0 as max_partners,
        kind as reason,
        1 as is_default
    from {{ ref('generic_domains') }}
),

normalized as (
    {{ normalize_identifiers('typed') }}
),

-- Capitals count in a pattern where they do in the values.
cased as (
    select
        *,
        case
            when identifier_type in ('email', 'domain', 'myshopify_domain') then {{ lower_text('raw_value') }}
            else raw_value
        end as pattern
    from normalized
),

told as (
    select
        entity,
        identifier_type,
        case when raw_value like '%*%' then pattern else coalesce(identifier_value, raw_value) end as identifier_value,
        case when raw_value like '%*%' then {{ wildcard_pattern('pattern') }} end as value_pattern,
        case when raw_value = '*' then 3 when raw_value like '%*%' then 2 else 1 end as breadth,
        partner_type,
        max_partners,
        reason,
        is_default
    from cased
    where raw_value <> ''
),

keyed as (
    select
        *,
        {{ surrogate_key(['entity', 'identifier_type', 'identifier_value', 'partner_type', 'is_default']) }} as id
    from told
),

ranked as (
    select
        *,
        row_number() over (
            partition by id
            order by case when max_partners is null then 1 else 0 end, max_partners, reason
        ) as lowest
    from keyed
)

select
    id,
    entity,
    identifier_type,
    identifier_value,
    value_pattern,
    breadth,
    partner_type,
    max_partners,
    reason,
    is_default
from ranked
where {{ is_first('lowest') }}
