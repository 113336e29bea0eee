{#
    The statements that log what a run changes of the ids of entities, before it does: `fresh` takes
    the place of what the live table has within a filter.

    born      an id is new, and so are its identifiers
    accreted  new identifiers joined an id
    merged    an id's identifiers went over to other_id, which was there before
    split     an id came out of other_id, which lives on or was taken apart
    renamed   an id's identifiers are now under other_id, which is new: its oldest one was taken away,
              or turned out not to be the oldest
    removed   the last of an id's identifiers was taken away
#}
{% macro journal_statements(node, fresh, within='') -%}
    {%- set live = headless_crm.relation_of(node) -%}
    {%- set entity = node.config.entity -%}
    {%- set id = entity ~ '_id' -%}
    {%- set flows = headless_crm.step_table(node, 'flows') -%}
    {%- set flows_sql -%}
        select
            before_rows.{{ id }} as old_id,
            after_rows.{{ id }} as new_id,
            count(*) as identifiers,
            min(causes.event_id) as event_id
        from (select * from {{ live }} {{ within }}) as before_rows
        full join {{ fresh }} as after_rows on before_rows.identifier_key = after_rows.identifier_key
        left join ({{ headless_crm.journal_causes(node, within) }}) as causes
            on coalesce(after_rows.identifier_key, before_rows.identifier_key) = causes.identifier_key
        group by before_rows.{{ id }}, after_rows.{{ id }}
    {%- endset -%}
    {%- set entries -%}
        insert into {{ headless_crm.state_table('identity_journal') }}
            (stamp, run_id, entity, change, id, other_id, identifiers, event_id)
        select lock.stamp, lock.holder, '{{ entity }}', changes.change, changes.id, changes.other_id, changes.identifiers, changes.event_id
        from ({{ headless_crm.journal_changes(flows, live, headless_crm.component_tables(node).nodes, id) }}) as changes
        cross join {{ headless_crm.state_table('writer_lock') }} as lock
    {%- endset -%}
    {{ return([headless_crm.temporary_table(flows, flows_sql), entries]) }}
{%- endmacro %}

{# Identifiers with an event that touched them: a changed edge's, else that of their first landing. #}
{% macro journal_causes(node, within) -%}
    {%- set t = headless_crm.component_tables(node) -%}
    {%- if not within -%}
    select identifier_key, event_id from {{ t.nodes }}
    {%- else -%}
    select identifier_key, min(event_id) as event_id
    from (
        select identifier_key_a as identifier_key, event_id from {{ t.edge_changes }}
        union all
        select identifier_key_b, event_id from {{ t.edge_changes }}
        union all
        select nodes.identifier_key, nodes.event_id
        from {{ t.nodes }} as nodes
        inner join {{ t.node_changes }} as changed on nodes.identifier_key = changed.identifier_key
    ) as touching
    group by identifier_key
    {%- endif -%}
{%- endmacro %}

{# The entry of each id of a table that was not there before. #}
{% macro journal_of_births(node) -%}
    {%- set id = node.config.entity ~ '_id' -%}
    insert into {{ headless_crm.state_table('identity_journal') }}
        (stamp, run_id, entity, change, id, identifiers, event_id)
    select lock.stamp, lock.holder, '{{ node.config.entity }}', 'born', sizes.{{ id }}, sizes.identifiers, nodes.event_id
    from (
        select {{ id }}, count(*) as identifiers
        from {{ headless_crm.relation_of(node) }}
        group by {{ id }}
    ) as sizes
    inner join {{ headless_crm.component_tables(node).nodes }} as nodes on sizes.{{ id }} = nodes.identifier_key
    cross join {{ headless_crm.state_table('writer_lock') }} as lock
{%- endmacro %}
