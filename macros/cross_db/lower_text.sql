{# A text in lower case, letter by letter: the letters of all scripts, whatever the locale. #}
{% macro lower_text(text) -%}
    {{ return(adapter.dispatch('lower_text', 'headless_crm')(text)) }}
{%- endmacro %}

{% macro default__lower_text(text) -%}
    lower({{ text }})
{%- endmacro %}

{% macro postgres__lower_text(text) -%}
    {{ headless_crm.own_function('lower_text') }}({{ text }})
{%- endmacro %}

{#
    A database in the locale C lowers ASCII alone, and ICU's locales know rules for whole words. So
    the function is made with the first collation of the server's that goes letter by letter.
#}
{% macro postgres_lower_text() -%}
    do $do$
    declare
        letters text := (
            select quote_ident(collname)
            from pg_collation
            where collname in ('pg_c_utf8', 'C.utf8', 'C.UTF-8', 'en_US.utf8', 'default')
            order by array_position(array['pg_c_utf8', 'C.utf8', 'C.UTF-8', 'en_US.utf8', 'default'], collname::text)
            limit 1
        );
    begin
        execute format(
            'create or replace function {{ headless_crm.own_function("lower_text") }}(given text) returns text '
            'language sql immutable strict parallel safe as $sql$ select lower(given collate %s) $sql$', letters
        );
    end
    $do$
{%- endmacro %}
