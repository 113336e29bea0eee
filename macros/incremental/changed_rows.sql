{#
    The rows that `upstream` has gained (weight 1) or lost (-1) since `node` last absorbed it; what
    came and went since then was never seen. A range has an end although no stamp is newer: a
    planner takes one with a start alone for a third of the table.

    `at_once` says that it was in this transaction alone: then the upstream's own step has noted it, or
    else its rows have this run's stamp. One that only appends notes nothing, since it may run twice.
    `where` is a condition on the rows.
#}
{% macro changed_rows(node, upstream, columns, at_once=false, where=none) -%}
    {%- if at_once and headless_crm.changes_outlast_steps() and not upstream.config.get('appends') -%}
    select {{ columns | join(', ') }}, weight from {{ headless_crm.step_table(upstream, 'changes') }} {{ 'where ' ~ where if where }}
    {%- else -%}
    {%- set stamp = headless_crm.run_stamp() -%}
    {%- set seen = headless_crm.watermark(node, upstream) -%}
    {%- set since = '>= ' ~ stamp if at_once else '> ' ~ seen -%}
    select {{ columns | join(', ') }}, 1 as weight
    from {{ headless_crm.relation_of(upstream) }}
    where _ingested_at {{ since }} and _ingested_at <= {{ stamp }} {{ 'and ' ~ where if where }}
    union all
    select {{ columns | join(', ') }}, -1 as weight
    from {{ headless_crm.removed_rows_of(upstream) }}
    where
        _removed_at {{ since }} and _removed_at <= {{ stamp }}
        {{ 'and _ingested_at <= ' ~ seen if not at_once }} {{ 'and ' ~ where if where }}
    {%- endif -%}
{%- endmacro %}

{# What changed in these columns: of rows that only were written anew, nothing is left. #}
{% macro net_changes(node, upstream, columns, at_once=false, where=none) -%}
    select {{ columns | join(', ') }}, sum(weight) as weight
    from ({{ headless_crm.changed_rows(node, upstream, columns, at_once, where) }}) as weighted
    group by {{ columns | join(', ') }}
    having sum(weight) <> 0
{%- endmacro %}

{# Up to which stamp a model has absorbed an upstream; nothing, where it never did. #}
{% macro watermark(node, upstream) -%}
    coalesce(
        (
            select absorbed from {{ headless_crm.state_table('watermarks') }}
            where model = '{{ node.name }}' and upstream = '{{ upstream.name }}'
        ),
        cast('0001-01-01' as timestamp)
    )
{%- endmacro %}
