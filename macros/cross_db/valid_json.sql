{#
    The text itself where it is a JSON object, otherwise null: what json_text may then read. Neither
    is one with U+0000 in a string, which not every warehouse can hold.
#}
{% macro valid_json(text) -%}
    {{ return(adapter.dispatch('valid_json', 'headless_crm')(text)) }}
{%- endmacro %}

{# The engine takes what JSON does not have: a comma after the last item, NaN and Infinity. #}
{% macro default__valid_json(text) -%}
    {%- set lax = '(?i),\\s*[\\]}]|[\\[,:]\\s*-?(nan|inf)' -%}
    {%- set strings = '"(?:[^"\\\\]|\\\\.)*"' -%}
    case
        when not json_valid({{ text }}) then null
        when json_type({{ text }}) <> 'OBJECT' then null
        when
            {{ headless_crm.regex_matches(text, lax) }}
            and {{ headless_crm.regex_matches(headless_crm.regex_replace(text, strings, '""'), lax) }}
            then null
        when contains({{ text }}, '\u0000') and {{ headless_crm.regex_matches(text, '(^|[^\\\\])(\\\\\\\\)*\\\\u0000') }} then null
        else {{ text }}
    end
{%- endmacro %}


{% macro postgres__valid_json(text) -%}
    {{ headless_crm.own_function('valid_json') }}(cast({{ text }} as text))
{%- endmacro %}

{% macro postgres_valid_json() -%}
    create or replace function {{ headless_crm.own_function('valid_json') }}(given text) returns text
    language plpgsql immutable strict as $function$
    begin
        return case when jsonb_typeof(given::jsonb) = 'object' then given end;
    exception when others then
        return null;
    end
    $function$
{%- endmacro %}
