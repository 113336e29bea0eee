{# A source row's own id as text, without the blanks around it. An engine's own trim may take other spaces, too. #}
{% macro source_id() -%}
    {{ return(adapter.dispatch('source_id', 'headless_crm')()) }}
{%- endmacro %}

{% macro default__source_id() -%}
    nullif(trim(cast(id as {{ dbt.type_string() }}), ' '), '')
{%- endmacro %}

{# In the words of the index that loading makes. #}
{% macro postgres__source_id() -%}
    nullif(trim(cast(id as {{ dbt.type_string() }})), '')
{%- endmacro %}

{#
    By what a warehouse finds source rows: the index of the source tables is by their own ids. A
    columnar engine skips blocks by the column itself; an id with space around it is searched for.
#}
{% macro found_by_id() -%}
    {{ return(adapter.dispatch('found_by_id', 'headless_crm')()) }}
{%- endmacro %}

{% macro default__found_by_id() -%}cast(id as {{ dbt.type_string() }}){%- endmacro %}

{% macro postgres__found_by_id() -%}{{ headless_crm.source_id() }}{%- endmacro %}
