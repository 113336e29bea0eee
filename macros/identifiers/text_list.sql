{# A list of texts for `in (…)`; of an empty list, the empty text, which no value is. #}
{% macro text_list(texts) -%}
    {%- for text in texts or [''] -%}
        {{ dbt.string_literal(dbt.escape_single_quotes(text)) }}{% if not loop.last %}, {% endif %}
    {%- endfor -%}
{%- endmacro %}
