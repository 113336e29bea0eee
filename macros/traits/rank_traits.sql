{#
    All columns of a relation of traits, and `survivor_rank`: 1 for the value of each (entity,
    trait) that survives. The var `trait_rules` names a rule by trait; without one the latest
    value counts. Every rule ends in one total order, so that equal times leave nothing to chance. Most
    rows have lost by their time, and need not be sorted.

    latest            the newest occurred_at
    earliest          the oldest occurred_at
    most_frequent     the value that most events tell
    source_priority   the first of the listed sources that tells one
#}
{% macro rank_traits(relation, entity_id) -%}
    {%- set rules = var('trait_rules') or {} -%}
    select
        timed.*,
        row_number() over (
            partition by {{ entity_id }}, trait_name
            order by
                {%- for trait, rule in rules.items() %}
                case when trait_name = {{ headless_crm.text_list([trait]) }} then
                    {%- if rule.rule == 'earliest' %} {{ dbt.datediff("cast('1970-01-01' as timestamp)", 'occurred_at', 'microsecond') }}
                    {%- elif rule.rule == 'most_frequent' %} -1 * tellings
                    {%- elif rule.rule == 'source_priority' %} case source
                        {%- for source in rule.sources %} when {{ headless_crm.text_list([source]) }} then {{ loop.index }}{% endfor %} else {{ rule.sources | length + 1 }} end
                    {%- elif rule.rule == 'latest' %} 0
                    {%- else %}{{ exceptions.raise_compiler_error(
                        "trait_rules: " ~ trait ~ " has the rule " ~ rule.rule ~ "; use latest, earliest, most_frequent or source_priority."
                    ) }}
                    {%- endif %} end,
                {%- endfor %}
                occurred_at desc,
                synced_at desc,
                event_id desc,
                {{ headless_crm.binary_order('trait_value') }} desc,
                id desc
        ) as survivor_rank
    from (
        select
            counted.*,
            max(occurred_at) over (partition by {{ entity_id }}, trait_name) as newest_at
        from {% if 'most_frequent' not in rules.values() | map(attribute='rule') -%}
            {{ relation }} as counted
        {%- else -%} (
            select
                traits.*,
                tellings.events as tellings
            from {{ relation }} as traits
            inner join (
                select {{ entity_id }}, trait_name, trait_value, count(distinct event_id) as events
                from {{ relation }}
                group by {{ entity_id }}, trait_name, trait_value
            ) as tellings
                on
                    traits.{{ entity_id }} = tellings.{{ entity_id }}
                    and traits.trait_name = tellings.trait_name
                    and traits.trait_value = tellings.trait_value
        ) as counted
        {%- endif %}
    ) as timed
    where occurred_at = newest_at {{ 'or trait_name in (' ~ headless_crm.text_list(rules.keys() | list) ~ ')' if rules }}
{%- endmacro %}
