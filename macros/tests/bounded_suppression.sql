{# A generic test: at most the share `most` of the edges is inactive. #}
{% test bounded_suppression(model, most) %}
    select
        count(case when not is_active then 1 end) as suppressed,
        count(*) as edges
    from {{ model }}
    having count(case when not is_active then 1 end) > {{ most }} * count(*)
{% endtest %}
