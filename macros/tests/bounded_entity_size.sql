{# A generic test: no entity has more identifiers than `most`. #}
{% test bounded_entity_size(model, column_name, most) %}
    select
        {{ column_name }},
        count(*) as identifiers
    from {{ model }}
    group by {{ column_name }}
    having count(*) > {{ most }}
{% endtest %}
