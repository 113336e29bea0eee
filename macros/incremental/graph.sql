{#
    The models with tables that a node reads, itself or by its parts. Seeds do not count, since a
    change of theirs is one of settings.
#}
{% macro upstream_models(node) -%}
    {%- set found = [] -%}
    {%- for text in [node] + headless_crm.parts_of(node) -%}
        {%- for unique_id in text.depends_on.nodes if unique_id.startswith('model.') -%}
            {%- set other = graph.nodes[unique_id] -%}
            {%- if other.config.materialized != 'ephemeral' and other not in found -%}{%- do found.append(other) -%}{%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{# The ephemeral models that a node reads: they have no tables, and their texts are parts of its own. #}
{% macro parts_of(node) -%}
    {%- set found = [] -%}
    {%- for unique_id in node.depends_on.nodes if unique_id.startswith('model.') -%}
        {%- set other = graph.nodes[unique_id] -%}
        {%- if other.config.materialized == 'ephemeral' -%}{%- do found.extend([other] + headless_crm.parts_of(other)) -%}{%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{# The text of a node that reads a model: its own, or that of a part. #}
{% macro text_reading(node, name) -%}
    {%- for unique_id in node.depends_on.nodes if unique_id.endswith('.' ~ name) -%}{{ return(node) }}{%- endfor -%}
    {%- for text in headless_crm.parts_of(node) -%}
        {%- for unique_id in text.depends_on.nodes if unique_id.endswith('.' ~ name) -%}{{ return(text) }}{%- endfor -%}
    {%- endfor -%}
    {{ return(node) }}
{%- endmacro %}

{# The models with tables that read a node, themselves or by their parts. #}
{% macro readers_of(node) -%}
    {%- set texts = [node.unique_id] -%}
    {%- for text in texts -%}
        {%- for other in graph.nodes.values() if other.config.materialized == 'ephemeral' and text in other.depends_on.nodes -%}
            {%- do texts.append(other.unique_id) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set found = [] -%}
    {%- for reader in headless_crm.kept_models() if texts | select('in', reader.depends_on.nodes) | list -%}
        {%- do found.append(reader) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{# Whether rows of a source reach a model. #}
{% macro comes_of(node, source_name) -%}
    {%- for unique_id in node.depends_on.nodes -%}
        {%- if unique_id in graph.sources -%}
            {%- if graph.sources[unique_id].source_name == source_name -%}{{ return(true) }}{%- endif -%}
        {%- elif unique_id.startswith('model.') and headless_crm.comes_of(graph.nodes[unique_id], source_name) -%}
            {{ return(true) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(false) }}
{%- endmacro %}

{% macro model_named(name) -%}
    {%- for node in (graph.nodes or {}).values() if node.resource_type == 'model' and node.name == name -%}
        {{ return(node) }}
    {%- endfor -%}
{%- endmacro %}

{# The models that are kept by deltas. A project that uses this one as a package has others, too. #}
{% macro kept_models() -%}
    {%- set found = [] -%}
    {%- for node in (graph.nodes or {}).values() if node.resource_type == 'model' -%}
        {%- if node.config.materialized in ('delta', 'connected_components') -%}{%- do found.append(node) -%}{%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
