{#
    Each row of a relation of identifiers, once for each limit of an entity that speaks of its type
    and value: the relation's columns, then the limit's. `only` narrows the limits.
#}
{% macro with_limits(identifiers, limits, entity, only) -%}
    {%- for way in ['value', 'pattern'] %}
    select
        given.*,
        limits.breadth,
        limits.partner_type as limited_type,
        limits.is_default,
        limits.max_partners,
        limits.reason
    from {{ identifiers }} as given
    inner join {{ limits }} as limits
        on
            given.identifier_type = limits.identifier_type
            {%- if way == 'value' %}
            and given.identifier_value = limits.identifier_value
            {%- else %}
            and {{ headless_crm.matches_wildcard('given.identifier_value', 'limits.value_pattern') }}
            {%- endif %}
    where
        limits.value_pattern is {{ 'not ' if way == 'pattern' }}null
        and limits.entity = '{{ entity }}'
        and {{ only }}
    {{ 'union all' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#
    Which of several limits decides, by the columns of `with_limits`: one for the very value before
    one for a pattern, and that before one for the type; one for the partner's type before one for
    all; the user's own before a default; the lower.
#}
{% macro limit_order() -%}
    breadth,
    case when limited_type = '*' then 1 else 0 end,
    is_default,
    case when max_partners is null then 1 else 0 end,
    max_partners,
    reason
{%- endmacro %}

{# How a changed limit leads to the identifiers that it speaks of, for a model's `reads`. #}
{% macro ways_of_limits(identifiers) -%}
    {{ return([
        {'via': identifiers, 'on': ['identifier_value', 'identifier_value'], 'key': 'identifier_key'},
        {
            'via': identifiers,
            'matching': 'changes.value_pattern is not null and other.identifier_type = changes.identifier_type and '
            ~ headless_crm.matches_wildcard('other.identifier_value', 'changes.value_pattern'),
            'columns': ['entity', 'identifier_type', 'value_pattern', 'partner_type', 'max_partners', 'is_default', 'reason'],
            'key': 'identifier_key',
        },
    ]) }}
{%- endmacro %}
