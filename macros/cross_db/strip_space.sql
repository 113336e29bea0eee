{#
    A text without the white space around it: Unicode's as well, which pasted text brings along (a
    no-break space, a zero-width one, a byte order mark).
#}
{% macro strip_space(text) -%}
    {{ return(adapter.dispatch('strip_space', 'headless_crm')(text)) }}
{%- endmacro %}

{% macro default__strip_space(text) -%}
    {%- set codes = [9, 10, 11, 12, 13, 32, 133, 160] + range(8192, 8206) | list + [8232, 8233, 8239, 8287, 8288, 12288, 65279] -%}
    trim({{ text }}, {% for code in codes %}chr({{ code }}){% if not loop.last %} || {% endif %}{% endfor %})
{%- endmacro %}
