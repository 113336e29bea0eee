{# A generic test: some row of `column_name` holds the value. #}
{% test has_value(model, column_name, value) %}
    select 1 as missing
    where not exists (
        select 1 from {{ model }}
        where {{ column_name }} = {{ dbt.string_literal(value) }}
    )
{% endtest %}
