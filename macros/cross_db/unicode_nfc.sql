{# A text in Unicode's composed form: one spelling of an accented letter, not two. #}
{% macro unicode_nfc(text) -%}
    {{ return(adapter.dispatch('unicode_nfc', 'headless_crm')(text)) }}
{%- endmacro %}

{% macro default__unicode_nfc(text) -%}
    nfc_normalize({{ text }})
{%- endmacro %}

{% macro postgres__unicode_nfc(text) -%}
    normalize({{ text }}, nfc)
{%- endmacro %}
