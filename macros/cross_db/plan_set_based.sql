{#
    A statement before a model is built as a whole, for planners that take a step in the middle of
    a query for a small one, and then join it row by row: thousands of rows took a minute. In a
    delta rows are few and found by indexes. Empty where none is needed.
#}
{% macro plan_set_based() -%}
    {%- if headless_crm.build_mode() == 'delta' -%}
        {{ return(adapter.dispatch('plan_by_index', 'headless_crm')()) }}
    {%- endif -%}
    {{ return(adapter.dispatch('plan_set_based', 'headless_crm')()) }}
{%- endmacro %}

{% macro default__plan_by_index() -%}
    {{ return('') }}
{%- endmacro %}

{#
    By default a page out of order costs four in order, as on a disk that turns; a thousand rows by
    their keys then seem dearer than all of a table of a million.
#}
{% macro postgres__plan_by_index() -%}
    {{ return('set random_page_cost = 1.1; set jit = off') }}
{%- endmacro %}

{% macro default__plan_set_based() -%}
    {{ return('') }}
{%- endmacro %}

{#
    For the session, which is the model's own: after the commit of keep_lock the driver opens no
    transaction that a local setting could last for. Before version 18 the setting makes costs that
    start the JIT compiler.
#}
{% macro postgres__plan_set_based() -%}
    {{ return('set enable_nestloop = off; set jit = off') }}
{%- endmacro %}
