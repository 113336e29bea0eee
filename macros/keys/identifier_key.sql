{#
    The key of an identifier, which is also the id of the entity that it is the oldest identifier
    of. `entity` is person or group. The var `identifier_salt` makes keys hard to guess back from
    an email; changing it changes every id.
#}
{% macro identifier_key(entity, identifier_type, identifier_value) -%}
    {%- set parts = ["'" ~ entity ~ "'", identifier_type, identifier_value] -%}
    {%- set salt = var('identifier_salt', '') -%}
    {%- if salt -%}
        {%- do parts.insert(0, dbt.string_literal(dbt.escape_single_quotes(salt))) -%}
    {%- endif -%}
    {{ headless_crm.surrogate_key(parts) }}
{%- endmacro %}
