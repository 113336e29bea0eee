{#
    Valid JSON text in one spelling, which is DuckDB's: without white space, with only those escapes
    that are needed, and fractions as the shortest number that reads back as the same.
#}
{% macro postgres_json_compact() -%}
    create or replace function {{ headless_crm.own_function('json_compact') }}(given text) returns text
    language plpgsql immutable strict parallel safe as $function$
    declare
        compact text;
        has_numbers boolean;
    begin
        if given !~ '[\s\\.]|[0-9][eE]|-0' then
            return given;
        end if;
        -- Where nothing is escaped, every second part between quotes is a string: most records.
        if strpos(given, '\') = 0 then
            select
                string_agg(case when number % 2 = 1 then regexp_replace(part, '\s', '', 'g') else part end, '"' order by number),
                bool_or(number % 2 = 1 and part ~ '[.]|[0-9][eE]|-0')
            into compact, has_numbers
            from unnest(string_to_array(given, '"')) with ordinality as parts (part, number);
            if not has_numbers then
                return compact;
            end if;
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
        given := double::text::numeric::text;
        return case when given like '%.%' then given else given || '.0' end;
    exception when others then
        return given;
    end
    $function$
{%- endmacro %}
