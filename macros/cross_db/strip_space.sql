{#
    A text without the white space around it: Unicode's as well, which pasted text brings along (a
    no-break space, a zero-width one, a byte order mark). They stand in the SQL as they are: DuckDB
    plans 30 calls of chr for as long as a whole statement.
#}
{% macro strip_space(text) -%}
    {%- set space = "\t\n\u000b\f\r \u0085\u00a0" -%}
    {%- set wide = "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u200c\u200d" -%}
    {%- set rare = "\u2028\u2029\u202f\u205f\u2060\u3000\ufeff" -%}
    trim({{ text }}, '{{ space ~ wide ~ rare }}')
{%- endmacro %}
