{# The rows of a source's dead letters: what landed, and why it could not be parsed. #}
{% macro dead_letter_rows(source, source_table, raw, parsed) -%}
    select
        {{ headless_crm.surrogate_key(["'" ~ source ~ "'", 'parsed.id', 'parsed.record_hash']) }} as id,
        '{{ source }}' as source,
        '{{ source_table }}' as source_table,
        parsed.id as source_key,
        'parse' as stage,
        parsed.dead_letter_reason as reason,
        raw.record as payload,
        parsed.synced_at,
        parsed._ingested_at
    from {{ parsed }} as parsed
    inner join {{ raw }} as raw
        on parsed.id = raw.id and parsed.record_hash = raw.record_hash
    where parsed.dead_letter_reason is not null
{%- endmacro %}
