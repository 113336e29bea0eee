{# A generic test of a source table: every row of it has been taken by the raw model. #}
{% test nothing_pending(model, raw) %}
    select landed.synced_at
    from {{ model }} as landed
    left join {{ raw }} as taken
        on md5(coalesce(cast(landed.record as {{ dbt.type_string() }}), '')) = taken.record_hash
    where taken.record_hash is null
{% endtest %}
