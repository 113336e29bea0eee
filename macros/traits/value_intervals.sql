{#
    The history of a value as intervals [valid_from, valid_to): one row for each time at which the
    value of `keys` changed; the last one is open. Of values told at one time the last in the total
    order (synced_at, event_id, value) counts.
#}
{% macro value_intervals(relation, keys, value) -%}
    {%- set keys = keys | join(', ') -%}
    with instants as (
        select
            *,
            row_number() over (
                partition by {{ keys }}, occurred_at
                order by synced_at desc, event_id desc, {{ headless_crm.binary_order(value) }} desc
            ) as telling
        from {{ relation }}
    ),

    sequenced as (
        select
            *,
            lag({{ value }}) over (partition by {{ keys }} order by occurred_at) as previous_value
        from instants
        where {{ headless_crm.is_first('telling') }}
    ),

    changes as (
        select * from sequenced
        where previous_value is null or previous_value <> {{ value }}
    )

    select
        {{ keys }},
        {{ value }},
        occurred_at as valid_from,
        lead(occurred_at) over (partition by {{ keys }} order by occurred_at) as valid_to
    from changes
{%- endmacro %}

{# When a row that tells a value is settled, by an interval in which these columns are its own: see `upstream`. #}
{% macro within_interval(columns) -%}
    {% for name in columns %}own.{{ name }} = told.{{ name }} and {% endfor -%}
    own.valid_from <= told.occurred_at
    and (own.valid_to is null or told.occurred_at < own.valid_to)
{%- endmacro %}
