{#
    The statements that make a model's table hold `rows` in place of those that it has, or of those
    `among` which they are compared, a from clause. Rows that went are kept aside with the run's
    stamp, for those downstream to see; rows that are the same stay as they are, stamp and all; the
    rest is deleted and inserted. With a `scope`, rows that went are looked up by this column of
    theirs, and by their key among those found: the table needs no index by its key.
#}
{% macro change_statements(node, rows, among=none, scope=none) -%}
    {%- set live = headless_crm.relation_of(node) -%}
    {%- set keys = headless_crm.key_columns(node) -%}
    {%- set names = headless_crm.compared_columns(node) -%}
    {%- set compared = names | join(', ') -%}
    {%- set noted = headless_crm.own_columns(node) | reject('in', names) | list -%}
    {%- set changes = headless_crm.step_table(node, 'changes') -%}
    {%- set gone = headless_crm.step_table(node, 'gone') -%}
    {%- set changes_sql -%}
        select {{ compared }}, {% for name in noted %}max({{ name }}) as {{ name }}, {% endfor %}sum(weight) as weight
        from (
            select {{ compared }}, {% for name in noted %}{{ name }}, {% endfor %}1 as weight from {{ rows }}
            union all
            select {{ compared }}, {% for name in noted %}{{ name }}, {% endfor %}-1 as weight from {{ among or live }}
        ) as weighted
        group by {{ compared }}
        having sum(weight) <> 0
    {%- endset -%}
    {%- set found_by = keys + ([scope] if scope and scope not in keys else []) -%}
    {%- set is_gone -%}
        exists (select 1 from {{ gone }} as gone where {{ headless_crm.same_keys('live', 'gone', keys) }})
        {%- if scope and keys != [scope] %} and live.{{ scope }} in (select {{ scope }} from {{ gone }}){%- endif -%}
    {%- endset -%}
    {%- set keep_aside -%}
        insert into {{ headless_crm.removed_rows_of(node) }} ({{ compared }}, _ingested_at, _removed_at)
        select {% for name in names %}live.{{ name }}, {% endfor %}live._ingested_at, {{ headless_crm.run_stamp() }}
        from {{ live }} as live
        where {{ is_gone }}
    {%- endset -%}
    {%- set take_away -%}
        delete from {{ live }} as live where {{ is_gone }}
    {%- endset -%}
    {{ return([
        headless_crm.temporary_table(changes, changes_sql),
        headless_crm.temporary_table(gone, 'select ' ~ (found_by | join(', ')) ~ ' from ' ~ changes ~ ' where weight < 0'),
        keep_aside,
        take_away,
        headless_crm.put_in(node, '(select * from ' ~ changes ~ ' where weight > 0) as added'),
    ]) }}
{%- endmacro %}

{% macro put_in(node, rows) -%}
    {%- set columns = headless_crm.own_columns(node) | join(', ') -%}
    insert into {{ headless_crm.relation_of(node) }} ({{ columns }}, _ingested_at)
    select {{ columns }}, {{ headless_crm.run_stamp() }} from {{ rows }}
{%- endmacro %}

{# What a model's yml describes, but for the stamp, which is the run's to write. #}
{% macro own_columns(node) -%}
    {{ return(node.columns.values() | map(attribute='name') | reject('equalto', '_ingested_at') | list) }}
{%- endmacro %}

{# The columns that make a row another one: not what only tells when a run wrote something. #}
{% macro compared_columns(node) -%}
    {{ return(headless_crm.own_columns(node) | reject('equalto', 'source_ingested_at') | list) }}
{%- endmacro %}

{% macro key_columns(node) -%}
    {{ return([node.config.unique_key] if node.config.unique_key is string else node.config.unique_key) }}
{%- endmacro %}

{% macro same_keys(left, right, keys) -%}
    {% for key in keys %}{{ left }}.{{ key }} = {{ right }}.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}
{%- endmacro %}
