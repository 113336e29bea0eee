{# The functions behind decode_idn on PostgreSQL. #}
{% macro postgres__decode_labels(domain) -%}
    {{ headless_crm.own_function('decode_labels') }}({{ domain }})
{%- endmacro %}

{% macro postgres_decode_labels() -%}
    create or replace function {{ headless_crm.own_function('decode_labels') }}(domain text) returns text
    language plpgsql immutable strict as $function$
    begin
        return (
            select string_agg(
                case
                    when label ~ '^xn--([a-z0-9-]*-)?[a-z0-9]+$'
                        then coalesce({{ headless_crm.own_function('decode_punycode') }}(substr(label, 5)), label)
                    else label
                end, '.' order by number
            )
            from string_to_table(domain, '.') with ordinality as labels (label, number)
        );
    end
    $function$
{%- endmacro %}

{% macro postgres_decode_punycode() -%}
    create or replace function {{ headless_crm.own_function('decode_punycode') }}(given text) returns text
    language plpgsql immutable strict as $function$
    declare
        written text := coalesce(substring(given from '^(.*)-'), '');
        digit bigint; threshold bigint; size bigint; delta bigint;
        n bigint := 128; bias bigint := 72; i bigint := 0; old_i bigint := 0; w bigint := 1; k bigint := 36;
    begin
        foreach digit in array (
            select array_agg(strpos('abcdefghijklmnopqrstuvwxyz0123456789', letter) - 1 order by number)
            from regexp_split_to_table(substring(given from '[a-z0-9]+$'), '') with ordinality as letters (letter, number)
        ) loop
            threshold := least(greatest(k - bias, 1), 26);
            i := i + digit * w;
            if digit >= threshold then
                w := w * (36 - threshold);
                k := k + 36;
                continue;
            end if;
            size := length(written) + 1;
            n := n + i / size;
            -- The bias adapts to how far this insertion was from the one before it.
            delta := (i - old_i) / case when old_i = 0 then 700 else 2 end;
            delta := delta + delta / size;
            k := 0;
            while delta > 455 loop
                delta := delta / 35;
                k := k + 36;
            end loop;
            bias := k + 36 * delta / (delta + 38);
            i := i % size;
            written := substr(written, 1, i::integer) || chr(n::integer) || substr(written, i::integer + 1);
            i := i + 1;
            old_i := i;
            w := 1;
            k := 36;
        end loop;
        return written;
    exception when others then
        return null;
    end
    $function$
{%- endmacro %}
