{#
    What a full refresh built beside the live tables takes their place, all in one transaction: each
    table gets the rows by which it differs. So readers see one state or the other, a table stays
    the one that views and grants are on, and what did not change is not written. Only a table
    whose model has other columns or types now is replaced. After a failure the next tables are dropped, and
    all stays as it was.
#}
{% macro publish_refresh(results, failed) -%}
    {%- set statements = [] -%}
    {%- for result in results if result.node.unique_id in graph.nodes -%}
        {%- set node = graph.nodes[result.node.unique_id] -%}
        {%- set next = headless_crm.relation_of(node, next=true) -%}
        {%- if load_cached_relation(next) is not none -%}
            {%- if not failed -%}
                {%- if headless_crm.has_its_columns(node) -%}
                    {%- do statements.extend(headless_crm.publish_statements(node)) -%}
                {%- else -%}
                    {%- do statements.extend(headless_crm.journal_of_refresh(node)) -%}
                    {%- do statements.append('drop table ' ~ headless_crm.relation_of(node) ~ ' cascade') -%}
                    {%- do statements.append('alter table ' ~ next ~ ' rename to ' ~ adapter.quote(node.alias)) -%}
                    {%- do statements.extend(headless_crm.furnishing_statements(node)) -%}
                {%- endif -%}
            {%- else -%}
                {%- do statements.append('drop table ' ~ next) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if not failed -%}{%- do statements.extend(headless_crm.drop_of_former_tables()) -%}{%- endif -%}
    {%- if statements -%}
        {%- do headless_crm.in_one_transaction(statements) -%}
    {%- endif -%}
{%- endmacro %}

{# A live table gets the rows by which the next one differs. #}
{% macro publish_statements(node) -%}
    {%- set next = headless_crm.relation_of(node, next=true) -%}
    {{ return(
        headless_crm.journal_of_refresh(node)
        + headless_crm.change_statements(node, next)
        + headless_crm.absorbed_statements(node)
        + ['drop table ' ~ next]
    ) }}
{%- endmacro %}

{# Which identifiers changed hands by a full refresh: none but those of components. #}
{% macro journal_of_refresh(node) -%}
    {%- set is_of_components = node.config.materialized == 'connected_components' -%}
    {{ return(headless_crm.journal_statements(node, headless_crm.relation_of(node, next=true)) if is_of_components else []) }}
{%- endmacro %}

{# A model that is ephemeral now, and had a table in an earlier version, leaves none of its rows. #}
{% macro drop_of_former_tables() -%}
    {%- set statements = [] -%}
    {%- for node in graph.nodes.values() if node.config.materialized == 'ephemeral' -%}
        {%- set removed = headless_crm.removed_rows_of(node) -%}
        {%- if adapter.get_relation(removed.database, removed.schema, removed.identifier) is not none -%}
            {%- do statements.append('drop table ' ~ removed) -%}
            {%- do statements.append('drop table if exists ' ~ headless_crm.relation_of(node) ~ ' cascade') -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(statements) }}
{%- endmacro %}

{# Whether the live table has the columns of the next one, of the same types, and a place for removed rows. #}
{% macro has_its_columns(node) -%}
    {%- set removed = headless_crm.removed_rows_of(node) -%}
    {%- set kept = adapter.get_relation(removed.database, removed.schema, removed.identifier) -%}
    {%- set live = headless_crm.typed_columns(headless_crm.relation_of(node)) -%}
    {{ return(live == headless_crm.typed_columns(headless_crm.relation_of(node, next=true)) and kept is not none) }}
{%- endmacro %}

{% macro typed_columns(relation) -%}
    {%- set found = [] -%}
    {%- for column in adapter.get_columns_in_relation(relation) -%}
        {%- do found.append(column.name ~ ' ' ~ column.data_type) -%}
    {%- endfor -%}
    {{ return(found | sort) }}
{%- endmacro %}
