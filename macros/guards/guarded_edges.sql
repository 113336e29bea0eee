{#
    The edges of rows and of rules, with whether they join. One that does not stays, with the
    reason: a rule never links the two (never_link), or one of them is blocked or shared.
#}
{% macro guarded_edges(pairs, rules, blocked, shared) -%}
    {%- set ends = [] -%}
    {%- for side in ['a', 'b'] -%}
        {%- for column in ['identifier_key', 'identifier_type', 'identifier_value'] -%}{%- do ends.append(column ~ '_' ~ side) -%}{%- endfor -%}
    {%- endfor -%}
    {%- set provenance = ['occurred_at', 'source', 'event_id', 'first_synced_at', 'synced_at', 'source_ingested_at'] -%}
    with guards as (
        select identifier_key, 'blocked' as reason from {{ blocked }} as blocked_identifiers
        union
        select identifier_key, 'shared' as reason from {{ shared }} as shared_identifiers
    ),

    ruled as (
        select
            coalesce(pairs.edge_id, {{ headless_crm.surrogate_key([
                'rules.identifier_type_a', 'rules.identifier_value_a', 'rules.identifier_type_b', 'rules.identifier_value_b',
            ]) }}) as edge_id,
            {% for column in ends %}coalesce(pairs.{{ column }}, rules.{{ column }}) as {{ column }}, {% endfor %}
            {% for column in provenance if column != 'source' %}pairs.{{ column }}, {% endfor %}
            coalesce(pairs.source, 'identifier_links') as source,
            rules.rule
        from {{ pairs }} as pairs
        full join {{ rules }} as rules
            on pairs.identifier_key_a = rules.identifier_key_a and pairs.identifier_key_b = rules.identifier_key_b
        where pairs.edge_id is not null or rules.rule = 'always'
    ),

    judged as (
        select
            ruled.*,
            case
                when ruled.rule = 'never' then 'never_link'
                when ruled.rule = 'always' then null
                when guards_a.reason = 'blocked' or guards_b.reason = 'blocked' then 'blocked'
                else coalesce(guards_a.reason, guards_b.reason)
            end as inactive_reason
        from ruled
        left join guards as guards_a on ruled.identifier_key_a = guards_a.identifier_key
        left join guards as guards_b on ruled.identifier_key_b = guards_b.identifier_key
    )

    select
        edge_id,
        {{ ends | join(', ') }},
        {{ provenance | join(', ') }},
        inactive_reason is null as is_active,
        inactive_reason
    from judged
{%- endmacro %}

{# How an identifier that is guarded, or no longer, leads to its edges, for a model's `reads`. #}
{% macro ways_of_guards(edges) -%}
    {%- set ways = [] -%}
    {%- for side in ['a', 'b'] -%}
        {%- do ways.append({'via': edges, 'on': ['identifier_key', 'identifier_key_' ~ side], 'key': 'identifier_key_a', 'columns': []}) -%}
    {%- endfor -%}
    {{ return(ways) }}
{%- endmacro %}
