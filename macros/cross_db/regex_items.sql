{#
    A select of all columns of a relation, one row for each match of an RE2 pattern in `text`, with
    `position` (from 0) and `item` (the match).
#}
{% macro regex_items(relation, text, pattern) -%}
    {{ return(adapter.dispatch('regex_items', 'headless_crm')(relation, text, pattern)) }}
{%- endmacro %}

{# Unnesting two lists side by side, as in json_array_items, is far faster than a lateral join. #}
{% macro default__regex_items(relation, text, pattern) -%}
    {%- set items = "regexp_extract_all(" ~ text ~ ", '" ~ pattern ~ "')" -%}
    select
        *,
        unnest({{ items }}) as item,
        generate_subscripts({{ items }}, 1) - 1 as position
    from {{ relation }}
{%- endmacro %}

{% macro postgres__regex_items(relation, text, pattern) -%}
    select
        given_rows.*,
        matches.found[1] as item,
        matches.number - 1 as position
    from {{ relation }} as given_rows
    cross join lateral regexp_matches(
        ({{ text }}) collate "C", '({{ headless_crm.postgres_pattern(pattern) }})', 'g'
    ) with ordinality as matches (found, number)
{%- endmacro %}
