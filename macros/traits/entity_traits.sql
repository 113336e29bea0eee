{# Traits with the entity that their identifier resolves to. #}
{% macro entity_traits(traits, resolved, entity_id) -%}
    select
        resolved.{{ entity_id }},
        traits.*
    from {{ traits }} as traits
    inner join {{ resolved }} as resolved
        on
            traits.identifier_type = resolved.identifier_type
            and traits.identifier_value = resolved.identifier_value
{%- endmacro %}
