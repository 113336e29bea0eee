{#
    Before the first model: the tables of the run's own state, the writer lock with a stamp above
    all that were given out, and no next table left of a run that died.
#}
{% macro start_run() -%}
    {%- if execute and flags.WHICH in ('run', 'build') -%}
        {%- for schema in [target.schema, target.schema ~ '_removed'] -%}
            {%- do headless_crm.create_schema_where_missing(target.database, schema) -%}
        {%- endfor -%}
        {%- set missing = [] -%}
        {%- for name in headless_crm.state_tables() if load_cached_relation(headless_crm.state_table(name)) is none -%}
            {%- do missing.append(name) -%}
        {%- endfor -%}
        {%- if missing -%}
            {%- do headless_crm.in_one_transaction(headless_crm.state_statements()) -%}
        {%- endif -%}
        {%- set kind = 'full' if flags.FULL_REFRESH else 'batch' -%}
        {%- set lock = namespace(held=false) -%}
        {%- for attempt in range(var('lock_wait_seconds') + 1) if not lock.held -%}
            {%- if attempt -%}{%- do run_query(headless_crm.pause()) -%}{%- endif -%}
            {%- do headless_crm.in_one_transaction(headless_crm.lock_statements(headless_crm.run_id(), "'" ~ kind ~ "'")) -%}
            {%- set lock.held = headless_crm.holds_lock() -%}
        {%- endfor -%}
        {%- if not lock.held -%}
            {%- set other = run_query(headless_crm.lock_holder())[0] -%}
            {{ exceptions.raise_compiler_error(
                "Another run is writing to this warehouse: " ~ other[0] ~ ", since " ~ other[1] ~ " UTC. Wait until it is"
                ~ " done, or raise the var lock_wait_seconds. The lock of a run that died lapses."
            ) }}
        {%- endif -%}
        {%- do headless_crm.check_recipe() -%}
        {%- for node in headless_crm.kept_models() -%}
            {%- do drop_relation_if_exists(load_cached_relation(headless_crm.relation_of(node, next=true))) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{# After the last model: what a full refresh built takes its place; the ledger is closed, the lock let go. #}
{% macro end_run(results) -%}
    {%- if execute and flags.WHICH in ('run', 'build') and headless_crm.holds_lock() -%}
        {%- set failed = results | selectattr('status', 'in', ['error', 'fail', 'skipped']) | list -%}
        {%- if flags.FULL_REFRESH -%}
            {%- do headless_crm.publish_refresh(results, failed | length > 0) -%}
        {%- endif -%}
        {#- `crm build` tells what made all rows. It is noted before the lock goes: a single event comes next. -#}
        {%- set recipe = env_var('CRM_RECIPE', '') -%}
        {%- set note -%}
            update {{ headless_crm.state_table('ledger') }} set recipe = '{{ recipe }}'
            where {{ headless_crm.is_run_of(headless_crm.run_id()) }}
        {%- endset -%}
        {%- do headless_crm.in_one_transaction(
            headless_crm.prune_statements()
            + ([note] if recipe and not failed else [])
            + headless_crm.unlock_statements(headless_crm.run_id(), "'failed'" if failed else "'done'")
        ) -%}
    {%- endif -%}
{%- endmacro %}

{% macro in_one_transaction(statements) -%}
    {%- call statement(auto_begin=true) -%}{{ headless_crm.sql_of(statements) }}{%- endcall -%}
    {%- do adapter.commit() -%}
{%- endmacro %}

{% macro holds_lock() -%}
    {%- set held = run_query(
        "select 1 from " ~ headless_crm.state_table('writer_lock') ~ " where holder = " ~ headless_crm.run_id()
    ) -%}
    {{ return(held | length > 0) }}
{%- endmacro %}

{# The run of dbt that this is, as SQL. #}
{% macro run_id() -%}
    {{ return("'" ~ invocation_id ~ "'") }}
{%- endmacro %}
