{#
    The phones of `given` (identifier_type, raw_value, text) in E.164. Null where the text is no
    number of a possible length. A number without + or 00 is read as one of the region in the var
    `default_phone_region`, with or without its trunk prefix or calling code. The rules are those
    of the phonenumbers library as far as lengths tell them; the seed phone_regions has the facts.
#}
{% macro normalized_phones(given) -%}
    with typed as (
        select
            raw_value,
            {{ headless_crm.regex_replace(
                headless_crm.lower_text("translate(text, '０１２３４５６７８９＋٠١٢٣٤٥٦٧٨٩', '0123456789+0123456789')"),
                '^tel[:.]?|[;,]?\\s*(ext|extension|x|#|;ext=)[.:]?\\s*[0-9]{1,7}$', ''
            ) }} as phone
        from {{ given }}
        where identifier_type = 'phone'
        {{ headless_crm.planned_alone() }}
    ),

    home as (
        select * from {{ ref('phone_regions') }}
        where region = {{ dbt.string_literal(var('default_phone_region')) }}
    ),

    dialled as (
        select
            typed.raw_value,
            {{ headless_crm.regex_replace('phone', '[^0-9]', '') }} as digits,
            {{ headless_crm.regex_matches('phone', '^[^0-9]*[+]') }} as has_plus,
            home.international_prefix
        from typed
        cross join home
        where {{ headless_crm.regex_matches('phone', '^[\\s(]*[+]?[0-9\\s().,/~\\x{00a0}\\x{2010}-\\x{2015}-]+$') }}
        {{ headless_crm.planned_alone() }}
    ),

    numbers as (
        select
            *,
            case
                when has_plus then digits
                when digits like international_prefix || '%' then substr(digits, length(international_prefix) + 1)
                when digits like '00%' then substr(digits, 3)
            end as from_abroad
        from dialled
    ),

    -- A number from abroad names its region by its first one, two or three digits.
    readings as (
        {%- for length in [1, 2, 3] %}
        select numbers.raw_value, 1 as preference, regions.*, substr(from_abroad, {{ length + 1 }}) as rest
        from numbers
        inner join {{ ref('phone_regions') }} as regions
            on substr(from_abroad, 1, {{ length }}) = regions.calling_code and regions.is_main
        union all
        {%- endfor %}
        select numbers.raw_value, 1, home.*, digits
        from numbers
        cross join home
        where from_abroad is null
        union all
        select numbers.raw_value, 2, home.*, substr(digits, length(calling_code) + 1)
        from numbers
        inner join home on digits like calling_code || '%'
        where from_abroad is null
    ),

    e164 as (
        select
            raw_value,
            preference,
            '+' || calling_code || case
                when rest like trunk_prefix || '%' and lengths like '%|' || (length(rest) - length(trunk_prefix)) || '|%'
                    then substr(rest, length(trunk_prefix) + 1)
                when lengths like '%|' || length(rest) || '|%' then rest
            end as number
        from readings
    )

    select
        'phone' as identifier_type,
        raw_value,
        coalesce(
            max(case when preference = 1 then number end),
            max(case when preference = 2 then number end)
        ) as identifier_value
    from e164
    group by raw_value
{%- endmacro %}
