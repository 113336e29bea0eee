{#
    A generic test of a source table: every row that landed was processed, is a dead letter, or is
    pending; none is lost, none counts twice. Pending is what no run has taken yet. A version that
    a newer one superseded was processed.
#}
{% test conservation(model, raw, parsed) %}
    with not_taken as (
        {{ headless_crm.not_taken(model, raw) }}
    ),

    absorbed as (
        select coalesce(max(_ingested_at), cast('0001-01-01' as timestamp)) as stamp
        from {{ parsed }}
    ),

    processed as (
        select parsed.id
        from {{ parsed }} as parsed
        left join {{ ref('events') }} as events on parsed.event_id = events.id
        where parsed.dead_letter_reason is null and (events.id is not null or not parsed.is_current)
    ),

    counts as (
        select
            (select count(*) from not_taken) + (select count(*) from {{ raw }}) as landed,
            (select count(*) from processed) as processed,
            (select count(*) from {{ ref('dead_letters') }} where source_table = '{{ raw.identifier }}') as dead_lettered,
            (select count(*) from not_taken)
            + (select count(*) from {{ raw }} where _ingested_at > (select stamp from absorbed)) as pending
    )

    select *
    from counts
    where landed <> processed + dead_lettered + pending
{% endtest %}
