{#
    A text with its RFC 2047 encoded words (`=?utf-8?Q?J=C3=BCrgen?=`) decoded. White space between
    two of them vanishes, and a character may be split over two of one charset. Words in a charset
    that is not known here stay as written, and so does a run of words with invalid bytes in it.
#}
{% macro decode_encoded_words(expression) -%}
    {{ return(adapter.dispatch('decode_encoded_words', 'headless_crm')(expression)) }}
{%- endmacro %}

{% macro default__decode_encoded_words(expression) -%}
    {%- set content = '([*][-a-z]*)?[?][bq][?][^?]*[?]=' -%}
    {%- set unicode = '=[?](utf-?8|(us-)?ascii)' ~ content -%}
    {%- set latin = '=[?](iso-8859-1|latin-?1|windows-1252|cp-?1252)' ~ content -%}
    {%- set word = '(' ~ unicode ~ '|' ~ latin ~ ')' -%}
    case
        when contains({{ expression }}, '=?') then list_aggregate(list_transform(
            regexp_extract_all({{ expression }}, '(?i){{ word }}(\s*{{ word }})*|[^=]+|='),
            lambda part: case
                when starts_with(part, '=?') then list_aggregate(list_transform(
                    regexp_extract_all(part, '(?i){{ unicode }}(\s*{{ unicode }})*|{{ latin }}'),
                    lambda words: coalesce(try({{ headless_crm.decode_words_of_charset('words') }}), words)
                ), 'string_agg', '')
                else part
            end
        ), 'string_agg', '')
        else {{ expression }}
    end
{%- endmacro %}

{#
    Encoded words of one charset. The bytes are joined before they are decoded, in the notation of
    a blob as text: printable ASCII, and \xE9 for the rest. JSON's \u00E9 is Latin-1 by definition.
    Mail labelled so means windows-1252, which has printable characters where Latin-1 has controls.
#}
{% macro decode_words_of_charset(words) -%}
    {%- set bytes -%}
        list_aggregate(list_transform(
            regexp_extract_all({{ words }}, '(?i)[?][bq][?][^?]*'),
            lambda word: cast(case
                when lower(word[2]) = 'b'
                    then from_base64(rpad(word[4:], cast(ceil((length(word) - 3) / 4) * 4 as integer), '='))
                else cast(regexp_replace(
                    cast(encode(replace(word[4:], '_', ' ')) as varchar), '=([0-9A-Fa-f]{2})', '\\x\1', 'g'
                ) as blob)
            end as varchar)
        ), 'string_agg', '')
    {%- endset -%}
    {%- set codes = '80 82 83 84 85 86 87 88 89 8a 8b 8c 8e 91 92 93 94 95 96 97 98 99 9a 9b 9c 9e 9f' -%}
    {%- set controls = '\\u00' ~ codes.split() | join('\\u00') -%}
    case
        when regexp_matches({{ words }}, '(?i)^=[?](utf|us|ascii)') then decode(cast({{ bytes }} as blob))
        else translate(
            json_extract_string('"' || replace({{ bytes }}, '\x', '\u00') || '"', '$'),
            json_extract_string('"{{ controls }}"', '$'),
            '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ'
        )
    end
{%- endmacro %}
