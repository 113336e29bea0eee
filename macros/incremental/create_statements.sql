{#
    The statements that make a model's table from the whole of its select, with the types that its
    yml says, and the table of the rows that it will take back. A full refresh makes the next table
    alone, for publish_refresh to compare with the live one.
#}
{% macro create_statements(node, select_sql, next=false) -%}
    {%- set relation = headless_crm.relation_of(node, next) -%}
    {%- set create = 'create table ' ~ relation ~ ' as ' ~ headless_crm.whole_select(node, select_sql) -%}
    {{ return([create] if next else [create] + headless_crm.furnishing_statements(node)) }}
{%- endmacro %}

{% macro whole_select(node, select_sql) -%}
    select
        {%- for name in headless_crm.own_columns(node) %}
        cast({{ name }} as {{ api.Column.translate_type(node.columns[name].data_type) }}) as {{ name }},
        {%- endfor %}
        {{ headless_crm.run_stamp() }} as _ingested_at
    from ({{ select_sql }}) as model_rows
{%- endmacro %}

{# What a new table of a model needs beside its rows. #}
{% macro furnishing_statements(node) -%}
    {%- set relation = headless_crm.relation_of(node) -%}
    {%- set removed = headless_crm.removed_rows_of(node) -%}
    {%- set compared = headless_crm.compared_columns(node) | join(', ') -%}
    {{ return(
        [
            'drop table if exists ' ~ removed,
            'create table ' ~ removed ~ ' as select ' ~ compared ~ ', _ingested_at, _ingested_at as _removed_at from '
            ~ relation ~ ' where false',
        ]
        + headless_crm.index_statements(relation, headless_crm.lookups(node))
        + (headless_crm.hash_index_statements(relation, 'identifier_value') if node.config.get('found_by_value') else [])
        + headless_crm.index_statements(removed, ['_removed_at'])
        + headless_crm.absorbed_statements(node)
    ) }}
{%- endmacro %}

{#
    The columns, or lists of them, by which rows of a model are looked up: by itself, and by those
    that read it. By its key only where it has no column of its scope to find a row by.
#}
{% macro lookups(node) -%}
    {%- set found = ['_ingested_at'] -%}
    {%- if node.config.get('appends') or node.config.get('scope') not in node.columns -%}
        {%- do found.append(headless_crm.key_columns(node) | join(', ')) -%}
    {%- endif -%}
    {%- for column in [node.config.get('scope'), 'source_record_id'] + (node.config.get('looked_up_by') or []) if column in node.columns -%}
        {%- do found.append(column) -%}
    {%- endfor -%}
    {%- for reader in headless_crm.readers_of(node) -%}
        {%- for way in headless_crm.ways_of(reader, node.name) -%}
            {%- do found.append(way if way is string else way.on[0] if way.on is defined) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for reader in headless_crm.kept_models() -%}
        {%- for ways in (reader.config.get('reads') or {}).values() -%}
            {%- for way in headless_crm.listed_ways(ways) if way is mapping and way.via == node.name -%}
                {%- do found.extend([way.on[1] if way.on is defined, way.beside]) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found | select('string') | unique | list) }}
{%- endmacro %}
