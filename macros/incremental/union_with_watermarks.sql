{#
    All rows of the models that the var `sources_var` lists (`name`, `source`), as `upstream` reads
    them. In a model of dbt's own kind `incremental`, those above what `target_model` has absorbed
    from that source.

    sources_var        the var with the list; each name is a model
    source_field       what says when a row upstream was written
    target_field       its name in the output, and in the target model
    override_var       a time (var): take what was written since then instead
    target_model       the model whose watermarks count; this one where none is given
    dev_only           heed override_var in targets whose name contains "dev" alone
    template_relation  a model whose columns are taken
    columns            the columns to take; without it and a template, all that the sources have

    For SQL that is rendered ahead, the var `only_source` leaves out the models of all other sources;
    where none is left, there are no rows.

    What columns a model has is read from its yml and not from the warehouse, so that the SQL is
    the same wherever it is compiled. A column that a source lacks is null, of the type that it has
    elsewhere: in another source or, where none is listed, in any model.
#}
{% macro union_with_watermarks(
    sources_var,
    source_field='_ingested_at',
    target_field='source_ingested_at',
    override_var='override_incremental',
    target_model=none,
    dev_only=true,
    template_relation=none,
    columns=none
) -%}
    {%- set sources = var(sources_var) -%}
    {%- set names = sources | map(attribute='name') | list -%}
    {%- set template = [template_relation.identifier] if template_relation else names or [model.name] -%}
    {%- set declared = headless_crm.declared_columns(
        names or [model.name] + (headless_crm.kept_models() | map(attribute='name') | list)
    ) -%}
    {%- set columns = columns or headless_crm.declared_columns(template).keys() | list -%}
    {%- set override = var(override_var, none) if not dev_only or 'dev' in target.name -%}
    {%- set only = var('only_source', none) if execute -%}
    {%- for source in sources if not only or headless_crm.comes_of(headless_crm.model_named(source.name), only) %}
    {%- set own = headless_crm.declared_columns([source.name]) %}
    select
        {%- for name in columns if name not in (source_field, target_field) %}
        {% if name == 'source' -%} '{{ source.source }}' as source
        {%- elif name in own or not own -%} {{ name }}
        {%- else -%} cast(null as {{ api.Column.translate_type(declared[name]) }}) as {{ name }}
        {%- endif %},
        {%- endfor %}
        {{ source_field }} as {{ target_field }}
    from {{ headless_crm.upstream(source.name) }} as upstream_rows
    {%- if model.config.materialized == 'incremental' and is_incremental() %}
    where
        {{ source_field }} > {% if override -%}
            cast({{ dbt.string_literal(dbt.escape_single_quotes(override | string)) }} as timestamp)
        {%- else -%} (
            select coalesce(max({{ target_field }}), cast('0001-01-01' as timestamp))
            from {{ target_model or this }}
            where source = '{{ source.source }}'
        ) {%- endif %}
    {%- endif %}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- else %}
    select
        {%- for name in columns if name not in (source_field, target_field) %}
        cast(null as {{ api.Column.translate_type(declared.get(name, 'string')) }}) as {{ name }},
        {%- endfor %}
        cast(null as timestamp) as {{ target_field }}
    where false
    {%- endfor %}
{%- endmacro %}
