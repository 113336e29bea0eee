{# Who may not create schemas may still build where they are. #}
{% macro create_schema_where_missing(database, schema) -%}
    {%- if not adapter.check_schema_exists(database, schema) -%}
        {%- do adapter.create_schema(api.Relation.create(database, schema)) -%}
    {%- endif -%}
{%- endmacro %}
