{#
    Of the tellings of changed rows, the values of a model's scope that they may change: not those of
    which the model's own rows say already what such a row tells.
#}
{% macro unsettled(node, tellings, settled) -%}
    {%- set scope = node.config.scope -%}
    select scope_key
    from (
        with told as ({{ tellings | join(' union all ') }})

        select told.scope_key
        from told
        left join (
            select * from {{ headless_crm.relation_of(node) }}
            where {{ scope }} in (select scope_key from told) {{ headless_crm.planned_alone() }}
        ) as own on told.scope_key = own.{{ scope }} and told.weight > 0 and ({{ settled }})
        where own.{{ scope }} is null
    ) as unsettled
{%- endmacro %}

{# The columns of a changed row that a condition names. #}
{% macro told_columns(settled) -%}
    {{ return(modules.re.findall('told[.](\\w+)', settled or '') | unique | list) }}
{%- endmacro %}

{# What a telling has beside its value of the scope. #}
{% macro telling(columns) -%}
    {%- for name in columns + ['weight'] if columns %}, changes.{{ name }}{% endfor -%}
{%- endmacro %}
