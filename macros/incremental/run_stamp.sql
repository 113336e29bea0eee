{# The stamp of this run, in UTC: what `_ingested_at` holds for every row that the run wrote. #}
{% macro run_stamp() -%}
    cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}' as timestamp)
{%- endmacro %}
