{# Whether an identifier is the first of a pair, which so is one pair and not two. #}
{% macro identifier_before(a, b) -%}
    (
        {{ headless_crm.binary_order(a ~ '.identifier_type') }} < {{ headless_crm.binary_order(b ~ '.identifier_type') }}
        or (
            {{ a }}.identifier_type = {{ b }}.identifier_type
            and {{ headless_crm.binary_order(a ~ '.identifier_value') }} < {{ headless_crm.binary_order(b ~ '.identifier_value') }}
        )
    )
{%- endmacro %}
