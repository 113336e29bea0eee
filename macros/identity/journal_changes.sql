{# What becomes of ids, from how many identifiers went from which old id to which new one. #}
{% macro journal_changes(flows, live, nodes, id) -%}
    {#- Of all ids that there are, those that are asked for: the rest is not read. -#}
    {%- set there -%}
        select {{ id }} from {{ live }} where {{ id }} in (select new_id from {{ flows }})
    {%- endset -%}
    with judged as (
        select
            flows.*,
            flows.new_id in ({{ there }}) as new_was_there,
            flows.old_id in (select new_id from {{ flows }} where new_id is not null) as old_lives_on,
            count(flows.old_id) over (partition by flows.new_id) as sources_of_new,
            count(flows.new_id) over (partition by flows.old_id) as targets_of_old,
            coalesce(
                flows.event_id,
                min(flows.event_id) over (partition by flows.new_id),
                min(flows.event_id) over (partition by flows.old_id)
            ) as cause,
            row_number() over (
                partition by flows.old_id, flows.new_id in ({{ there }})
                order by nodes.synced_at, {{ headless_crm.binary_order('nodes.identifier_type') }}, {{ headless_crm.binary_order('nodes.identifier_value') }}
            ) as age_rank
        from {{ flows }} as flows
        left join {{ nodes }} as nodes on flows.new_id = nodes.identifier_key
    ),

    told as (
        select
            *,
            case
                when old_id is null and new_was_there then 'accreted'
                when old_id is null and sources_of_new = 0 then 'born'
                when old_id is null or old_id = new_id then null
                when new_id is null and not old_lives_on and targets_of_old = 0 then 'removed'
                when new_id is null then null
                when old_lives_on then 'split'
                when new_was_there then 'merged'
                when age_rank = 1 then 'renamed'
                else 'split'
            end as change
        from judged
    )

    select
        change,
        case when change in ('merged', 'renamed', 'removed') then old_id else new_id end as id,
        case when change in ('merged', 'renamed') then new_id when change = 'split' then old_id end as other_id,
        identifiers,
        cause as event_id
    from told
    where change is not null
{%- endmacro %}
