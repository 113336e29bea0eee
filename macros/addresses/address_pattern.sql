{#
    The RE2 pattern of a part of a mail address header (RFC 5322). RE2 has no recursion: comments
    nest three deep at most.
#}
{% macro address_pattern(part) -%}
    {%- if part == 'quoted' -%}
        "(?:[^"\\]|\\.)*"
    {%- elif part == 'encoded' -%}
        =\?[^?\s]+\?[bBqQ]\?[^?]*\?=
    {%- elif part == 'comment' -%}
        \({{ headless_crm.address_pattern('comment_text') }}\)
    {%- elif part == 'comment_text' -%}
        (?:[^()\\]|\\.|\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\))*
    {%- endif -%}
{%- endmacro %}
