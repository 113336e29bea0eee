{#
    Create the functions that a warehouse lacks for the macros of this folder, in the schema of the
    models. What no single expression can say, or what would raise an error that only a function
    can catch, is one of them.
#}
{% macro create_functions() -%}
    {%- if execute and flags.WHICH in ('run', 'build', 'seed', 'test') -%}
        {%- set statements = headless_crm.function_statements() -%}
        {%- if statements -%}
            {%- do headless_crm.create_schema_where_missing(target.database, target.schema) -%}
            {%- do headless_crm.in_one_transaction(statements) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{% macro function_statements() -%}
    {{ return(adapter.dispatch('function_statements', 'headless_crm')()) }}
{%- endmacro %}

{% macro default__function_statements() -%}
    {{ return([]) }}
{%- endmacro %}

{# Of two runs that replace a function at a time, the second would fail: so it waits. No session has the number 0. #}
{% macro postgres__function_statements() -%}
    {{ return([
        'select pg_advisory_xact_lock(6517357, 0)',
        headless_crm.postgres_lower_text(),
        headless_crm.postgres_valid_json(),
        headless_crm.postgres_json_number(),
        headless_crm.postgres_json_string(),
        headless_crm.postgres_json_compact(),
        headless_crm.postgres_json_text(),
        headless_crm.postgres_json_value(),
        headless_crm.postgres_try_timestamp(),
        headless_crm.postgres_as_timestamp('timestamp', 'given'),
        headless_crm.postgres_as_timestamp('timestamptz', "given at time zone 'UTC'"),
        headless_crm.postgres_as_timestamp(
            'text', headless_crm.safe_timestamp('given'), headless_crm.own_function('as_timestamp') ~ '(given) is null'
        ),
        headless_crm.postgres_try_number(),
        headless_crm.postgres_decode_labels(),
        headless_crm.postgres_decode_punycode(),
        headless_crm.postgres_decode_words_of_charset(),
        headless_crm.postgres_decode_encoded_words(),
    ]) }}
{%- endmacro %}
