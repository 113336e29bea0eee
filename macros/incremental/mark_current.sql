{#
    All columns of a relation of parsed rows, and `is_current`: whether the row is the newest
    version of its id that could be parsed. A version that can't be parsed corrects nothing.
#}
{% macro mark_current(relation) -%}
    select
        *,
        dead_letter_reason is null
        and row_number() over (
            partition by id, dead_letter_reason is null
            order by synced_at desc, record_hash desc
        ) = 1 as is_current
    from (select * from {{ relation }} {{ headless_crm.planned_alone() }}) as {{ relation }}
{%- endmacro %}
