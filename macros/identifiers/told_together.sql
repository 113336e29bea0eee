{# The identifiers of a relation that stand in a row with others, of which alone there are pairs. #}
{% macro told_together(identifiers) -%}
    (select * from {{ identifiers }} as identifiers where not is_alone)
{%- endmacro %}
