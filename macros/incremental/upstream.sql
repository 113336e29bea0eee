{#
    How a model reads what stands upstream, in a from clause that gives it an alias: all of it, or
    in a delta the rows of the scope, by the column that `reads` names. What is read by way of a
    join with rows of the scope is not narrowed itself, and nothing is if it is read `whole`.

    A model says this in its config, and the same select serves all its builds:

    scope   the column whose values are recomputed whole: a row of the result depends on those
            rows upstream alone that belong to the same value
    reads   what of a changed row upstream leads to that value, by the model's name; the scope's
            own column where it is not mentioned. Either a column, or the way by another table:
            {via, on: [its column in the changed row, in the other table], key, columns}; with
            `columns`, a change counts only if it is one of `on` or of these. `matching` is another
            condition than `on`, of `changes` and `other`; with `beside`, the key is that of the rows
            of the other table that agree in this column. Or a list of ways
    counts  the condition without which a row upstream tells the model nothing; by the model's name
            where they differ, and `false` of a model that is looked up alone, since all that it
            tells comes by another one, too
    settled a condition on `told`, a row that came upstream, and `own`, a row of the model's own table
            of the same value of the scope; by the model's name where they differ. Where it holds, the
            new row changes nothing, and the value is not computed anew: so an entity with a long
            history costs little where a row says once more what is known. Rows that went are not
            asked about. Not with `beside`

    unites  the var, or vars, with the sources whose models it unites, a row for a row: each is of the
            source in its column `source`. For events of one source, the others are not looked at

    A model without a scope is small and recomputed whole.

    An ephemeral model has no table: its text is rendered into that of its reader, whose scope
    narrows what it reads. It says the same, and its scope has the values of theirs.
#}
{% macro upstream(name, whole=false) -%}
    {%- set node = headless_crm.model_named(name) if execute -%}
    {%- if node and node.config.materialized == 'ephemeral' -%}
        {{ return('(' ~ render(node.raw_code) ~ ')') }}
    {%- endif -%}
    {#- What a part reads, dbt knows as read by the part. -#}
    {%- set is_own = not node or headless_crm.text_reading(model, name) == model -%}
    {%- set relation = headless_crm.whole_relation(ref(name) if is_own else headless_crm.relation_of(node)) -%}
    {%- set column = headless_crm.read_by(model, name) if headless_crm.build_mode() == 'delta' and not whole -%}
    {%- if column -%}
        (select * from {{ relation }} where {{ column }} in (select scope_key from {{ headless_crm.step_table(model, 'scope') }}) {{ headless_crm.planned_alone() }})
    {%- else -%}
        {{ relation }}
    {%- endif -%}
{%- endmacro %}

{# All of a relation: in a full refresh of the next one, if this run has built it. #}
{% macro whole_relation(relation) -%}
    {%- if execute and flags.FULL_REFRESH and headless_crm.build_mode() in ('create', 'beside') -%}
        {%- set next = relation.incorporate(path={'identifier': relation.identifier ~ '__next'}) -%}
        {{ return(load_cached_relation(next) or relation) }}
    {%- endif -%}
    {{ return(relation) }}
{%- endmacro %}

{# The column by which a model's scope narrows an upstream; none where it is read by a join. #}
{% macro read_by(node, name) -%}
    {{ return(headless_crm.ways_of(node, name) | select('string') | first | default(none)) }}
{%- endmacro %}

{# Whether all that a model reads is narrowed to its scope, so that what comes of it is in there. #}
{% macro is_narrowed(node) -%}
    {%- for upstream in headless_crm.upstream_models(node) -%}
        {%- set ways = headless_crm.ways_of(node, upstream.name) -%}
        {%- if ways | length != 1 or ways[0] is mapping -%}{{ return(false) }}{%- endif -%}
    {%- endfor -%}
    {{ return(true) }}
{%- endmacro %}

{# A temporary table of a model's step. #}
{% macro step_table(node, part) -%}
    {{ return(node.alias ~ '__' ~ part) }}
{%- endmacro %}

{# The ways from a changed row of an upstream to the scope, as a list. #}
{% macro ways_of(node, name) -%}
    {%- set config = headless_crm.text_reading(node, name).config -%}
    {{ return(headless_crm.listed_ways((config.get('reads') or {}).get(name, config.get('scope')))) }}
{%- endmacro %}

{# What `reads` gives for a model: one way, several or none. #}
{% macro listed_ways(ways) -%}
    {{ return(ways if ways is sequence and ways is not string and ways is not mapping else [ways] if ways else []) }}
{%- endmacro %}
