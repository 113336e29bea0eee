{#
    `crm build` tells what made the rows that it adds to. It was looked up before the lock was waited
    for: a run that held it may have made them anew since, of other models or variables.
#}
{% macro check_recipe() -%}
    {%- set known = env_var('CRM_RECIPE_OF_ROWS', '') -%}
    {%- if known -%}
        {%- set ledger = headless_crm.state_table('ledger') -%}
        {%- set others = run_query(
            "select 1 from (select recipe from " ~ ledger ~ " where recipe is not null order by stamp desc limit 1) as latest"
            ~ " where recipe <> '" ~ known ~ "'"
        ) -%}
        {%- if others | length -%}
            {%- do headless_crm.in_one_transaction(headless_crm.unlock_statements(headless_crm.run_id(), "'failed'")) -%}
            {{ exceptions.raise_compiler_error(
                "Another run made all rows anew since this one began, of other models or --vars. Run again."
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
