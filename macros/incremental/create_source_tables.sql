{#
    Create the source tables that do not exist yet, empty, so that a source without data is a
    source with nothing to say: with the columns that its yml lists. Tables that exist are not
    touched, and need no rights to create.
#}
{% macro create_source_tables() -%}
    {%- if execute and flags.WHICH in ('run', 'build', 'seed', 'test') and headless_crm.missing_sources() -%}
        {%- set schemas = headless_crm.missing_sources() | map(attribute='schema') | unique | list -%}
        {%- for schema in schemas -%}
            {%- do headless_crm.create_schema_where_missing(target.database, schema) -%}
        {%- endfor -%}
        {%- call statement(auto_begin=true) -%}{{ headless_crm.sql_of(headless_crm.one_at_a_time()) }}{%- endcall -%}
        {%- do headless_crm.see_tables(schemas) -%}
        {%- for source in headless_crm.missing_sources() -%}
            {%- do headless_crm.run_each(headless_crm.source_table_statements(source)) -%}
        {%- endfor -%}
        {%- do adapter.commit() -%}
    {%- endif -%}
{%- endmacro %}

{% macro missing_sources() -%}
    {%- set missing = [] -%}
    {%- for source in graph.sources.values() if source.package_name == 'headless_crm' -%}
        {%- if adapter.get_relation(source.database, source.schema, source.identifier) is none -%}
            {%- do missing.append(source) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(missing) }}
{%- endmacro %}

{% macro source_table_statements(source) -%}
    {%- set table = headless_crm.source_table(source) -%}
    {%- set columns = [] -%}
    {%- for column in source.columns.values() -%}
        {%- do columns.append(column.name ~ ' ' ~ api.Column.translate_type(column.data_type)) -%}
    {%- endfor -%}
    {%- set indexes = [] -%}
    {%- if 'synced_at' in source.columns -%}
        {%- do indexes.extend(headless_crm.index_statements(table, ['synced_at'])) -%}
        {%- do indexes.extend(headless_crm.hash_index_statements(table, headless_crm.source_id())) -%}
    {%- endif -%}
    {{ return(['create table ' ~ table ~ ' (' ~ columns | join(', ') ~ ')'] + indexes) }}
{%- endmacro %}

{# dbt listed the tables of these schemas before it was our turn: another run may have made some since. #}
{% macro see_tables(schemas) -%}
    {%- for schema in schemas -%}
        {%- for table in list_relations_without_caching(api.Relation.create(target.database, schema)) -%}
            {%- do adapter.cache_added(api.Relation.create(table.database, table.schema, table.name, type=table.type)) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}
