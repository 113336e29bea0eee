{#
    Valid JSON text in one spelling, which is DuckDB's: without white space, with only those escapes
    that are needed, and fractions as the shortest number that reads back as the same.
#}
{% macro postgres_json_compact() -%}
    create or replace function {{ headless_crm.own_function('json_compact') }}(given text) returns text
    language plpgsql immutable strict parallel safe as $function$
    declare
        parts text[];
    begin
        -- Where nothing is escaped and no number is a fraction, only the white space goes that is
        -- outside of strings: that is in every second part between quotes.
        if given !~ '\\|[0-9][eE]|-0' and given ~ '^(?:[^".]|"[^"]*")*$' then
            if given !~ '\s' or given ~ '^(?:[^"\s]|"[^"]*")*$' then
                return given;
            end if;
            parts := string_to_array(given, '"');
            for number in 1..array_length(parts, 1) by 2 loop
                parts[number] := translate(parts[number], E' \t\n\r', '');
            end loop;
            return array_to_string(parts, '"');
        end if;
        return (
            select string_agg(
                case
                    when token like '"%\\%' then {{ headless_crm.own_function('json_string') }}(token::json #>> '{}')
                    when token ~ '^[-0-9]' then {{ headless_crm.own_function('json_number') }}(token)
                    else token
                end, '' order by number
            )
            from (
                select matched[1] as token, number
                from regexp_matches(
                    given, '("(?:[^"\\]|\\.)*"|[-0-9][-+.0-9eE]*|[][{}:,]|[a-z]+)', 'g'
                ) with ordinality as matches (matched, number)
            ) as tokens
        );
    end
    $function$
{%- endmacro %}

{% macro postgres_json_number() -%}
    create or replace function {{ headless_crm.own_function('json_number') }}(given text) returns text
    language plpgsql immutable strict as $function$
    declare
        double float8;
    begin
        if given !~ '[.eE]' then
            return case when given = '-0' then '0' else given end;
        end if;
        double := given::float8;
        if double <> 0 and (abs(double) < 1e-6 or abs(double) >= 1e21) then
            return regexp_replace(double::text, 'e[+]?(-?)0*', 'e\1');
        end if;
        if double = 0 then
            return case when given like '-%' then '-0.0' else '0.0' end;
        end if;
        given := double::text::numeric::text;
        return case when given like '%.%' then given else given || '.0' end;
    exception when others then
        return case when given !~ '[eE]-' then given when given like '-%' then '-0.0' else '0.0' end;
    end
    $function$
{%- endmacro %}
