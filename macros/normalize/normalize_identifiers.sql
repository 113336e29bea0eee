{#
    All columns of a relation with `identifier_type` and `raw_value`, and `identifier_value`: the
    normalised form, by which identifiers are told apart; null where the raw value is no valid
    identifier of its type. Emails, phones, domains and Shopify's ids have rules of their own; any
    other type is an open set, whose values lose the space around them and nothing else; a JSON
    object or list is none. Nor is what has more than 500 characters: no index takes it.
#}
{% macro normalize_identifiers(relation) -%}
    with given as (
        select
            identifier_type,
            raw_value,
            {{ headless_crm.strip_space(headless_crm.unicode_nfc('raw_value')) }} as text
        from (
            select distinct identifier_type, raw_value
            from {{ relation }}
            where raw_value is not null
        ) as values_given
    ),

    hosts as (
        {{ headless_crm.normalized_hosts('given') }}
    ),

    phones as (
        {{ headless_crm.normalized_phones('given') }}
    ),

    others as (
        select
            identifier_type,
            raw_value,
            case
                when identifier_type = 'shop_id' then {{ headless_crm.gid_digits('text', 'Shop') }}
                {#- An object or a list, such as {}, would make one person of all who have it. #}
                when substr(text, 1, 1) in ('{', '[') and {{ headless_crm.valid_json("'{\"v\":' || text || '}'") }} is not null
                    then null
                else nullif(text, '')
            end as identifier_value
        from given
        where identifier_type not in ('email', 'phone', 'domain', 'myshopify_domain')
    ),

    normalized as (
        select * from hosts
        union all
        select * from phones
        union all
        select * from others
    )

    select
        identifiers.*,
        case when length(normalized.identifier_value) <= 500 then normalized.identifier_value end as identifier_value
    from {{ relation }} as identifiers
    {# All that is on the right came from the left, so that this is a left join; but no planner that takes
    both sides for small can normalise the values anew for each row. #}
    full join normalized
        on
            identifiers.identifier_type = normalized.identifier_type
            and identifiers.raw_value = normalized.raw_value
{%- endmacro %}
