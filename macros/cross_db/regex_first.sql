{#
    An RE2 pattern of two alternatives, the second for where the first does not match: what `a|b`
    means in RE2, where other engines take the longer one.
#}
{% macro regex_first(first, second) -%}
    {{ return(adapter.dispatch('regex_first', 'headless_crm')(first, second)) }}
{%- endmacro %}

{% macro default__regex_first(first, second) -%}
    (?:{{ first }}|{{ second }})
{%- endmacro %}

{% macro postgres__regex_first(first, second) -%}
    (?:{{ first }}|(?!{{ first }}){{ second }})
{%- endmacro %}
