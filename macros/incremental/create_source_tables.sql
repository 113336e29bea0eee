{#
    Create the source tables that do not exist yet, empty, so that a source without data is a
    source with nothing to say: with the columns that its yml lists. Tables that exist are not
    touched, and need no rights to create.
#}
{% macro create_source_tables() -%}
    {%- if execute and flags.WHICH in ('run', 'build', 'seed', 'test') -%}
        {%- for source in graph.sources.values() if source.package_name == 'headless_crm' -%}
            {%- set table = adapter.get_relation(source.database, source.schema, source.identifier) -%}
            {%- if table is none -%}
                {%- set table = headless_crm.source_table(source) -%}
                {%- do headless_crm.create_schema_where_missing(table.database, table.schema) -%}
                {%- set columns = [] -%}
                {%- for column in source.columns.values() -%}
                    {%- do columns.append(column.name ~ ' ' ~ api.Column.translate_type(column.data_type)) -%}
                {%- endfor -%}
                {%- do run_query('create table ' ~ table ~ ' (' ~ columns | join(', ') ~ ')') -%}
                {%- if 'synced_at' in source.columns -%}
                    {%- do headless_crm.run_each(headless_crm.index_statements(table, ['synced_at']) + headless_crm.hash_index_statements(table, headless_crm.source_id())) -%}
                {%- endif -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
