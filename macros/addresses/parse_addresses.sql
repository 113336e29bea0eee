{#
    A select over a relation: the key columns, and one row for each address of a mail header, with
    `position` (from 0), `name` (decoded; null where there is none or it is not the owner's) and
    `raw_address` (as written; the whole entry where it has no address).

    What is within quotes, comments and encoded words is matched whole, so that no mark in it counts.
    A semicolon always separates: it ends a group, and Outlook writes it between addresses. Most
    entries are plain, so the longer patterns run only where a mark calls for them.
#}
{% macro parse_addresses(relation, key_columns, header) -%}
    {%- set quoted = headless_crm.address_pattern('quoted') -%}
    {%- set encoded = headless_crm.address_pattern('encoded') -%}
    {%- set comment = headless_crm.address_pattern('comment') -%}
    {%- set whole = quoted ~ '|' ~ encoded ~ '|' ~ comment -%}
    {%- set entry = headless_crm.regex_first(whole, '[^\\s,;>]') ~ headless_crm.regex_first(whole, '[^,;]') ~ '*' -%}
    {%- set group = '<?(?:' ~ whole ~ '|[^"(=<>@,;:\\[])*:(?:\\s|' ~ comment ~ ')*' -%}
    {%- set angle = '<(?:' ~ quoted ~ '|[^<>"@])*@[^<>]*>?' -%}
    {%- set grouped = '(?s)[\\s,;>]*' ~ headless_crm.regex_first(group, '') ~ '((?:' ~ entry ~ ')?)' -%}
    {%- set first_comment = '(?s)^(?:' ~ quoted ~ '|[^"(])*(' ~ comment ~ ')' -%}
    select * from (
        with address_headers as (
            select
                *,
                case
                    when {{ header }} like '%:%' then {{ headless_crm.regex_replace(header, grouped, ',\\1') }}
                    else {{ header }}
                end as ungrouped
            from {{ relation }}
        ),

        address_entries as (
            {{ headless_crm.regex_items('address_headers', 'ungrouped', '(?s)' ~ entry) }}
        ),

        address_angles as (
            select
                *,
                {% set plain = headless_crm.regex_replace('item', '(?s)(' ~ angle ~ ')|' ~ whole, '\\1') -%}
                {% set has_marks = headless_crm.regex_matches('item', '(?s)<.*["(=]|["(=].*<') -%}
                {{ headless_crm.regex_extract('case when ' ~ has_marks ~ ' then ' ~ plain ~ ' else item end', '(' ~ angle ~ ')') }} as angle
            from address_entries
        ),

        address_phrases as (
            select
                *,
                {{ headless_crm.regex_replace('coalesce(angle, item)', '(?s)(' ~ quoted ~ ')|' ~ comment, '\\1') }} as address,
                case
                    when angle is not null then {{ headless_crm.regex_replace('item', '(?s)(' ~ whole ~ ')|' ~ angle, '\\1') }}
                    when item like '%(%' then {{ headless_crm.regex_extract('item', first_comment) }}
                end as phrase
            from address_angles
        ),

        address_words as (
            select *, {{ headless_crm.phrase_text('phrase') }} as words from address_phrases
        ),

        address_names as (
            select *, {{ headless_crm.display_name(headless_crm.decode_encoded_words('words')) }} as display from address_words
        )

        select
            {{ key_columns | join(',\n            ') }},
            cast(position as {{ dbt.type_int() }}) as position,
            case
                when address not like '%@%' or display like '% via %' then null
                when {{ headless_crm.regex_matches('display', '^\\S+@\\S+$') }} then null
                else nullif(display, '')
            end as name,
            case
                when address like '%@%' then {{ headless_crm.regex_replace('address', '^[\\s<]+|[\\s>]+$', '') }}
                else {{ headless_crm.regex_replace('item', '\\s+$', '') }}
            end as raw_address
        from address_names
    ) as addresses
{%- endmacro %}
