{#
    The words of a phrase of an address header, without its quotes and their escapes. A phrase that
    is all comment is its text: `j@x.com (Jane)`.
#}
{% macro phrase_text(phrase) -%}
    {%- set all_comment = '^\\s*\\((' ~ headless_crm.address_pattern('comment_text') ~ ')\\)\\s*$' -%}
    {%- set kept = headless_crm.address_pattern('encoded') ~ '|' ~ headless_crm.address_pattern('comment') -%}
    {%- set pattern = '(?s)' ~ all_comment ~ '|(' ~ kept ~ ')|"((?:[^"\\\\]|\\\\.)*)"' -%}
    {%- set unquoted = headless_crm.regex_replace(phrase, pattern, '\\1\\2\\3') -%}
    case
        when {{ headless_crm.regex_matches(phrase, '["(\\\\]') }}
            then {{ headless_crm.regex_replace(unquoted, '(?s)\\\\(.)', '\\1') }}
        else {{ phrase }}
    end
{%- endmacro %}
