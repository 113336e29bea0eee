{# A list of texts for `in (…)`; of an empty list, the empty text, which no value is. #}
{% macro text_list(texts) -%}
    {%- for text in texts or [''] -%}
        {{ dbt.string_literal(dbt.escape_single_quotes(text)) }}{% if not loop.last %}, {% endif %}
    {%- endfor -%}
{%- endmacro %}

{# The same in lower case, of a setting that may be empty. #}
{% macro lower_list(texts) -%}
    {{ headless_crm.text_list((texts or []) | map('lower') | list) }}
{%- endmacro %}
