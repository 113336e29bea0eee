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

{# The models that a node reads; seeds do not count, since a change of theirs is one of settings. #}
{% macro upstream_models(node) -%}
    {%- set found = [] -%}
    {%- for unique_id in node.depends_on.nodes if unique_id.startswith('model.') -%}
        {%- do found.append(graph.nodes[unique_id]) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{# The models that read a node. #}
{% macro readers_of(node) -%}
    {%- set found = [] -%}
    {%- for reader in headless_crm.kept_models() if node.unique_id in reader.depends_on.nodes -%}
        {%- do found.append(reader) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{% macro model_named(name) -%}
    {%- for node in headless_crm.kept_models() if node.name == name -%}
        {{ return(node) }}
    {%- endfor -%}
{%- endmacro %}

{# The models that are kept by deltas. A project that uses this one as a package has others, too. #}
{% macro kept_models() -%}
    {%- set found = [] -%}
    {%- for node in (graph.nodes or {}).values() if node.resource_type == 'model' -%}
        {%- if node.config.materialized in ('delta', 'connected_components') -%}{%- do found.append(node) -%}{%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
