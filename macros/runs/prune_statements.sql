{#
    The statements that forget what nobody will ask for: removed rows which every model downstream
    has absorbed, or which none reads, and old entries of single events, of which there may be many
    a second. Watermarks name a source's table as they do a model: so they are looked up by both.
#}
{% macro prune_statements() -%}
    {%- set oldest = dbt.dateadd('day', -1 * var('ledger_days'), headless_crm.utc_now()) -%}
    {%- set statements = ["delete from " ~ headless_crm.state_table('ledger') ~ " where stamp < " ~ oldest ~ " and kind = 'event'"] -%}
    {%- for node in headless_crm.kept_models() if load_cached_relation(headless_crm.relation_of(node)) -%}
        {%- do statements.append(headless_crm.prune_statement(node)) -%}
    {%- endfor -%}
    {{ return(statements) }}
{%- endmacro %}

{% macro prune_statement(node) -%}
    {%- set readers = headless_crm.readers_of(node) | map(attribute='name') | list -%}
    delete from {{ headless_crm.removed_rows_of(node) }}
    where _removed_at <= coalesce(
        (
            select min(absorbed) from {{ headless_crm.state_table('watermarks') }}
            where upstream = '{{ node.name }}' and model in ({{ headless_crm.text_list(readers) }})
        ),
        {{ headless_crm.run_stamp() }}
    )
{%- endmacro %}
