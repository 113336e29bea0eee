{# The relation of a node of the graph; its next one is what a full refresh builds beside it. #}
{% macro relation_of(node, next=false) -%}
    {{ return(api.Relation.create(
        database=node.database, schema=node.schema, identifier=node.alias ~ ('__next' if next else ''), type='table'
    )) }}
{%- endmacro %}

{# Where the rows are kept that a model has taken back, with the stamp of the run that did. #}
{% macro removed_rows_of(node) -%}
    {{ return(api.Relation.create(database=node.database, schema=node.schema ~ '_removed', identifier=node.alias)) }}
{%- endmacro %}

{# The table that a source of the graph names. #}
{% macro source_table(source_node) -%}
    {{ return(api.Relation.create(source_node.database, source_node.schema, source_node.identifier)) }}
{%- endmacro %}

{# A table of the run's own state: writer_lock, ledger, watermarks or identity_journal. #}
{% macro state_table(name) -%}
    {{ return(api.Relation.create(database=target.database, schema=target.schema, identifier=name)) }}
{%- endmacro %}

{# The stamp of the run that holds the writer lock, and so of all that it writes. #}
{% macro run_stamp() -%}
    (select stamp from {{ headless_crm.state_table('writer_lock') }})
{%- endmacro %}
