{# The functions behind decode_encoded_words on PostgreSQL. #}
{% macro postgres__decode_encoded_words(expression) -%}
    {{ headless_crm.own_function('decode_encoded_words') }}({{ expression }})
{%- endmacro %}

{% macro postgres_decode_encoded_words() -%}
    {%- set content = '([*][-a-z]*)?[?][bq][?][^?]*[?]=' -%}
    {%- set unicode = '=[?](utf-?8|(us-)?ascii)' ~ content -%}
    {%- set latin = '=[?](iso-8859-1|latin-?1|windows-1252|cp-?1252)' ~ content -%}
    {%- set word = '(' ~ unicode ~ '|' ~ latin ~ ')' -%}
    create or replace function {{ headless_crm.own_function('decode_encoded_words') }}(given text) returns text
    language plpgsql immutable strict as $function$
    declare
        part text; words text; decoded text := '';
    begin
        if strpos(given, '=?') = 0 then
            return given;
        end if;
        for part in select matched[1] from regexp_matches(
            given collate "C", '(?i)({{ word }}([\t\n\f\r ]*{{ word }})*|[^=]+|=)', 'g'
        ) as matched loop
            if part not like '=?%' then
                decoded := decoded || part;
                continue;
            end if;
            for words in select matched[1] from regexp_matches(
                part collate "C", '(?i)({{ unicode }}([\t\n\f\r ]*{{ unicode }})*|{{ latin }})', 'g'
            ) as matched loop
                decoded := decoded || coalesce({{ headless_crm.own_function('decode_words_of_charset') }}(words), words);
            end loop;
        end loop;
        return decoded;
    end
    $function$
{%- endmacro %}

{# Encoded words of one charset; null where they have invalid bytes. See decode_words_of_charset. #}
{% macro postgres_decode_words_of_charset() -%}
    {%- set codes = '80 82 83 84 85 86 87 88 89 8a 8b 8c 8e 91 92 93 94 95 96 97 98 99 9a 9b 9c 9e 9f' -%}
    create or replace function {{ headless_crm.own_function('decode_words_of_charset') }}(words text) returns text
    language plpgsql immutable strict as $function$
    declare
        word text; content text; bytes bytea := '';
    begin
        for word in select matched[1] from regexp_matches(words, '(?i)([?][bq][?][^?]*)', 'g') as matched loop
            content := substr(word, 4);
            if lower(substr(word, 2, 1)) = 'b' then
                content := rpad(content, (ceil(length(content) / 4.0) * 4)::integer, '=');
                if content !~ '^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$' then
                    return null;
                end if;
                bytes := bytes || decode(content, 'base64');
            elsif content <> '' then
                bytes := bytes || (
                    select decode(string_agg(
                        case
                            when matched[1] ~ '^=..$' then substr(matched[1], 2)
                            else encode(convert_to(matched[1], 'UTF8'), 'hex')
                        end, '' order by number
                    ), 'hex')
                    from regexp_matches(replace(content, '_', ' '), '(=[0-9A-Fa-f]{2}|[^=]+|=)', 'g')
                        with ordinality as matches (matched, number)
                );
            end if;
        end loop;
        if words ~* '^=[?](utf|us|ascii)' then
            return convert_from(bytes, 'UTF8');
        end if;
        return translate(
            convert_from(bytes, 'LATIN1'),
            U&'{{ "\\00" ~ codes.split() | join("\\00") }}',
            '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ'
        );
    exception when others then
        return null;
    end
    $function$
{%- endmacro %}
