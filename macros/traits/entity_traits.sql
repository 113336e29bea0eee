{# Traits with the entity that their identifier resolves to. #}
{% macro entity_traits(traits, resolved, entity_id) -%}
    select
        resolved.{{ entity_id }},
        traits.*
    from {{ traits }} as traits
    inner join {{ resolved }} as resolved
        on traits.identifier_key = resolved.identifier_key
{%- endmacro %}
