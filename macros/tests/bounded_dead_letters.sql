{# A generic test: of what each source landed, at most the share `most` is a dead letter. #}
{% test bounded_dead_letters(model, most) %}
    with outcomes as (
        select
            source,
            1 as is_dead
        from {{ model }}
        union all
        select
            source,
            0 as is_dead
        from {{ ref('events') }}
    )

    select
        source,
        sum(is_dead) as dead_letters,
        count(*) as outcomes
    from outcomes
    group by source
    having sum(is_dead) > {{ most }} * count(*)
{% endtest %}
