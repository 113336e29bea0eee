{#
    The md5 of the parts, as 32 hexadecimal digits: the same bytes on every warehouse. Null is a
    part of its own, and the unit separator between parts keeps ('a', 'bc') and ('ab', 'c') apart.
#}
{% macro surrogate_key(parts) -%}
    md5(
        {%- for part in parts -%}
            coalesce(cast({{ part }} as {{ dbt.type_string() }}), chr(30))
            {%- if not loop.last %} || chr(31) || {% endif -%}
        {%- endfor -%}
    )
{%- endmacro %}
