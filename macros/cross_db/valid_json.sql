{# The text itself where it is a JSON object, otherwise null: what json_text may then read. #}
{% macro valid_json(text) -%}
    {{ return(adapter.dispatch('valid_json', 'headless_crm')(text)) }}
{%- endmacro %}

{% macro default__valid_json(text) -%}
    case when json_valid({{ text }}) then case when json_type({{ text }}) = 'OBJECT' then {{ text }} end end
{%- endmacro %}
