{# The statements after the contraction of a delta: who is whose now, and what of that is new. #}
{% macro component_finish(node) -%}
    {%- set t = headless_crm.component_tables(node) -%}
    {%- set id = node.config.entity ~ '_id' -%}
    {%- set named = headless_crm.step_table(node, 'named') -%}
    {%- set names -%}
        select
            labels.label,
            {{ headless_crm.oldest_identifier('coalesce(result.component, ' ~ headless_crm.packed_key('labels.label') ~ ')') }} as {{ id }}
        from (select distinct label from {{ t.labels }}) as labels
        inner join {{ t.nodes }} as nodes on labels.label = nodes.identifier_key
        left join {{ t.result }} as result on {{ headless_crm.packed_key('labels.label') }} = result.node
    {%- endset -%}
    {%- set fresh -%}
        select loose.node as identifier_key, named.{{ id }}
        from {{ t.loose }} as loose
        inner join {{ named }} as named on loose.node = named.label
        union all
        select members.identifier_key, named.{{ id }}
        from {{ named }} as named
        inner join {{ t.live }} as members on named.label = members.{{ id }}
        where named.{{ id }} <> named.label and members.{{ id }} not in (select {{ id }} from {{ t.dissolved }})
    {%- endset -%}
    {%- set touched -%}
        select identifier_key from {{ t.fresh }}
        union
        select identifier_key from {{ t.live }} where {{ id }} in (select {{ id }} from {{ t.dissolved }})
    {%- endset -%}
    {%- set within = 'where identifier_key in (select identifier_key from ' ~ t.touched ~ ')' -%}
    {{ return(
        [
            headless_crm.temporary_table(t.result, headless_crm.contraction_result(node.alias)),
            headless_crm.temporary_table(named, names),
            headless_crm.temporary_table(t.fresh, fresh),
            headless_crm.temporary_table(t.touched, touched),
        ]
        + headless_crm.journal_statements(node, t.fresh, within)
        + headless_crm.change_statements(node, t.fresh, t.live ~ ' ' ~ within)
    ) }}
{%- endmacro %}

{# The select of the whole table, after a contraction of all edges. #}
{% macro component_whole(node) -%}
    {%- set name = node.config.entity ~ '_identifier_arrivals' -%}
    select
        nodes.identifier_key,
        {{ headless_crm.oldest_identifier('coalesce(result.component, ' ~ headless_crm.packed_key('nodes.identifier_key') ~ ')') }} as {{ node.config.entity }}_id
    from {{ headless_crm.whole_relation(headless_crm.relation_of(headless_crm.model_named(name))) }} as nodes
    left join ({{ headless_crm.contraction_result(node.alias) }}) as result
        on {{ headless_crm.packed_key('nodes.identifier_key') }} = result.node
    where nodes.is_current
{%- endmacro %}

{# The key of the oldest identifier among those of `nodes` that agree in `part`. #}
{% macro oldest_identifier(part) -%}
    first_value(nodes.identifier_key) over (
        partition by {{ part }}
        order by
            nodes.synced_at,
            {{ headless_crm.binary_order('nodes.identifier_type') }},
            {{ headless_crm.binary_order('nodes.identifier_value') }}
    )
{%- endmacro %}
