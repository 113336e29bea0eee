{#
    Entities of identifiers, when some of them changed. Known identifiers stand for the whole of
    their entity, so that the past's edges are not read again, but for two kinds that are loose:
    those that are new, and those of an entity that lost an edge or an identifier, or of which an
    identifier turned out to be older. Such an entity is dissolved and put together again from what
    is left. What is loose and what the new edges join is contracted; a component is named by the
    oldest of its labels, since an entity's id is the key of its oldest identifier.

    The statements before the contraction leave <model>__pairs (node_a, node_b) for it.
#}
{% macro component_start(node, select_sql, at_once=false) -%}
    {%- set t = headless_crm.component_tables(node) -%}
    {%- set id = node.config.entity ~ '_id' -%}
    {%- set edge = ['edge_id', 'identifier_key_a', 'identifier_key_b'] -%}
    {%- set edge_changes -%}
        select {{ edge | join(', ') }}, min(event_id) as event_id, sum(case when is_active then weight else 0 end) as weight
        from ({{ headless_crm.changed_rows(node, t.edges_node, edge + ['event_id', 'is_active'], at_once) }}) as changes
        group by {{ edge | join(', ') }}
        having sum(case when is_active then weight else 0 end) <> 0
    {%- endset -%}
    {%- set node_changes -%}
        select changed.identifier_key, before.{{ id }} as before_id, coalesce(nodes.is_current, false) as is_current
        from (
            select distinct identifier_key
            from ({{ headless_crm.net_changes(node, t.nodes_node, ['identifier_key', 'is_current', 'synced_at'], at_once) }}) as changes
        ) as changed
        left join {{ t.nodes }} as nodes on changed.identifier_key = nodes.identifier_key
        left join {{ t.live }} as before on changed.identifier_key = before.identifier_key
    {%- endset -%}
    {%- set dissolved -%}
        select before_id as {{ id }} from {{ t.node_changes }} where before_id is not null
        {% for side in ['a', 'b'] -%}
        union
        select before.{{ id }}
        from {{ t.edge_changes }} as lost
        inner join {{ t.live }} as before on lost.identifier_key_{{ side }} = before.identifier_key
        where lost.weight < 0
        {% endfor %}
    {%- endset -%}
    {%- set loose -%}
        select members.identifier_key as node
        from {{ t.live }} as members
        inner join {{ t.nodes }} as nodes on members.identifier_key = nodes.identifier_key and nodes.is_current
        where members.{{ id }} in (select {{ id }} from {{ t.dissolved }})
        union
        select identifier_key from {{ t.node_changes }} where before_id is null and is_current
    {%- endset -%}
    {%- set scope -%}
        select edge_id as scope_key from {{ t.edge_changes }} where weight > 0
        {% for side in ['a', 'b'] -%}
        union
        select edge_id from {{ t.edges }} where identifier_key_{{ side }} in (select node from {{ t.loose }})
        {% endfor %}
    {%- endset -%}
    {%- set labels -%}
        select
            touched.node,
            coalesce(loose.node, members.{{ id }}) as label
        from (
            select node from {{ t.loose }}
            union
            select node_a from {{ t.edges_in_scope }}
            union
            select node_b from {{ t.edges_in_scope }}
        ) as touched
        left join {{ t.loose }} as loose on touched.node = loose.node
        left join {{ t.live }} as members on touched.node = members.identifier_key
        where coalesce(loose.node, members.{{ id }}) is not null
    {%- endset -%}
    {%- set pairs -%}
        select a.label as node_a, b.label as node_b
        from {{ t.edges_in_scope }} as edges
        inner join {{ t.labels }} as a on edges.node_a = a.node
        inner join {{ t.labels }} as b on edges.node_b = b.node
    {%- endset -%}
    {{ return([
        headless_crm.temporary_table(t.edge_changes, edge_changes),
        headless_crm.temporary_table(t.node_changes, node_changes),
        headless_crm.temporary_table(t.dissolved, dissolved),
        headless_crm.temporary_table(t.loose, loose),
        headless_crm.temporary_table(t.scope, scope),
        headless_crm.temporary_table(t.edges_in_scope, select_sql),
        headless_crm.temporary_table(t.labels, labels),
        headless_crm.temporary_table(t.pairs, pairs),
    ]) }}
{%- endmacro %}
