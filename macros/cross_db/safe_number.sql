{#
    A decimal number as numeric(38, 9); null where the text is none, or too large. Only the patterns'
    forms are cast, since casts also read NaN, hexadecimal digits and underscores, each in its own way.
#}
{% macro safe_number(text) -%}
    {%- set plain = '([0-9]{1,29}([.][0-9]*)?|[.][0-9]+)([eE][-+]?[0-9])?' -%}
    {%- set scientific = '([0-9]{1,15}([.][0-9]*)?|[.][0-9]+)[eE][-+]?[0-9]{2,3}' -%}
    case
        when {{ headless_crm.regex_matches(text, '^\\s*[-+]?(' ~ plain ~ '|' ~ scientific ~ ')\\s*$') }}
            then {{ adapter.dispatch('cast_number', 'headless_crm')(text) }}
    end
{%- endmacro %}

{# The engine rounds what is far too small for the type up to 0.000000001. #}
{% macro default__cast_number(text) -%}
    try_cast(
        case
            when {{ headless_crm.regex_matches(text, '[eE]-[0-9]{2}') }} then cast(round(try_cast({{ text }} as double), 9) as varchar)
            else {{ text }}
        end as numeric(38, 9)
    )
{%- endmacro %}

{% macro postgres__cast_number(text) -%}
    {{ headless_crm.own_function('try_number') }}({{ text }})
{%- endmacro %}

{% macro postgres_try_number() -%}
    create or replace function {{ headless_crm.own_function('try_number') }}(given text) returns numeric(38, 9)
    language plpgsql immutable strict as $function$
    begin
        return given::numeric(38, 9);
    exception when others then
        return null;
    end
    $function$
{%- endmacro %}
