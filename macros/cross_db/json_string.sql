{# A text as a quoted and escaped JSON string. #}
{% macro json_string(expression) -%}
    {{ return(adapter.dispatch('json_string', 'headless_crm')(expression)) }}
{%- endmacro %}

{% macro default__json_string(expression) -%}
    cast(to_json({{ expression }}) as varchar)
{%- endmacro %}

{% macro postgres__json_string(expression) -%}
    {{ headless_crm.own_function('json_string') }}({{ expression }})
{%- endmacro %}

{# As to_json writes it, but for the control characters, which have more than one spelling. #}
{% macro postgres_json_string() -%}
    create or replace function {{ headless_crm.own_function('json_string') }}(given text) returns text
    language plpgsql immutable strict parallel safe as $function$
    begin
        if given !~ '[\u0001-\u001f]' then
            return '"' || replace(replace(given, '\', '\\'), '"', '\"') || '"';
        end if;
        return '"' || (
            select string_agg(
                case
                    when part !~ '^[\u0001-\u001f]' then replace(replace(part, '\', '\\'), '"', '\"')
                    when part ~ '[\b\f\n\r\t]' then '\' || translate(part, E'\b\f\n\r\t', 'bfnrt')
                    else '\u' || upper(lpad(to_hex(ascii(part)), 4, '0'))
                end, '' order by number
            )
            from regexp_split_to_table(given, '(?=[\u0001-\u001f])|(?<=[\u0001-\u001f])') with ordinality as parts (part, number)
        ) || '"';
    end
    $function$
{%- endmacro %}
