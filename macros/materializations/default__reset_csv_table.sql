{#
    Takes the place of dbt's own macro, by which a seed is dropped or truncated first: readers would
    find it missing or empty until it is loaded again. Here its rows change in one transaction; only
    a file with other columns makes the table anew.
#}
{% macro default__reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
    {%- set columns = adapter.get_columns_in_relation(old_relation) | map(attribute='name') | list -%}
    {%- if columns == agate_table.column_names | list -%}
        {%- set sql = 'delete from ' ~ old_relation -%}
        {%- call statement() -%}{{ sql }}{%- endcall -%}
        {{ return(sql) }}
    {%- endif -%}
    {%- do adapter.drop_relation(old_relation) -%}
    {{ return(create_csv_table(model, agate_table)) }}
{%- endmacro %}
