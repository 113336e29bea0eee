{# A decimal number as numeric(38, 9); null where the text is none. #}
{% macro safe_number(text) -%}
    {{ return(adapter.dispatch('safe_number', 'headless_crm')(text)) }}
{%- endmacro %}

{% macro default__safe_number(text) -%}
    try_cast({{ text }} as numeric(38, 9))
{%- endmacro %}

{% macro postgres__safe_number(text) -%}
    {{ headless_crm.own_function('try_number') }}({{ text }})
{%- endmacro %}

{# Only the pattern's forms are cast, since a cast reads NaN and hexadecimal digits too. #}
{% macro postgres_try_number() -%}
    create or replace function {{ headless_crm.own_function('try_number') }}(given text) returns numeric(38, 9)
    language plpgsql immutable strict as $function$
    begin
        if given ~ '^\s*[-+]?(\d+(_\d+)*[.]?\d*|[.]\d+)([eE][-+]?\d{1,3})?\s*$' then
            return replace(given, '_', '')::numeric(38, 9);
        end if;
        return null;
    exception when others then
        return null;
    end
    $function$
{%- endmacro %}
