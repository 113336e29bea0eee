-- Grain: a version of a landed row, with the headers that matter as columns. Accepts the API's
-- shape (a list of headers whose names vary in case) and a loader's flat fields.
{{ config(unique_key=['id', 'record_hash'], scope='id') }}

{% set bulk_headers = [
    'auto-submitted',
    'precedence',
    'list-id',
    'list-unsubscribe',
    'x-auto-response-suppress',
    'x-autoreply',
    'x-autorespond',
] %}

with landed as (
    select
        id,
        record_hash,
        {{ valid_json('record') }} as json
    from {{ upstream('gmail_messages_raw') }} as gmail_messages_raw
),

api_lists as (
    select
        id,
        record_hash,
        {{ json_value('json', 'payload.headers') }} as headers
    from landed
),

api_items as (
    {{ json_array_items('api_lists', 'headers') }}
),

api_headers as (
    select
        id,
        record_hash,
        {{ lower_text(json_text('item', 'name')) }} as name,
        {{ json_text('item', 'value') }} as value,
        position
    from api_items
),

flat_lists as (
    {% for header, field in {
        'from': 'sender', 'to': 'recipients', 'cc': 'cc', 'bcc': 'bcc', 'date': 'date', 'subject': 'subject',
    }.items() %}
    select
        id,
        record_hash,
        '{{ header }}' as name,
        {{ json_value('json', field) }} as content
    from landed
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}
),

flat_items as (
    {{ json_array_items('flat_lists', 'content') }}
),

headers as (
    select * from api_headers
    union all
    select
        id,
        record_hash,
        name,
        {{ json_text('item') }} as value,
        position
    from flat_items
),

versions as (
    select
        id,
        record_hash,
        {% for header in ['from', 'to', 'cc', 'bcc'] %}
        {{ dbt.listagg(
            "case when name = '" ~ header ~ "' then value end", "', '", 'order by position'
        ) }} as {{ header }}_header,
        {% endfor %}
        max(case when name = 'date' then {{ binary_order('value') }} end) as date_header,
        max(case when name = 'subject' then {{ binary_order('value') }} end) as subject_header,
        nullif(max(case when name = 'message-id' then {{ binary_order(strip_space('value')) }} end), '') as message_id,
        max(case
            when name = 'auto-submitted' and {{ lower_text(strip_space('value')) }} = 'no' then 0
            when
                name = 'precedence'
                and {{ lower_text(strip_space('value')) }} not in ('bulk', 'list', 'junk', 'auto_reply')
                then 0
            when name in ({{ text_list(bulk_headers) }}) then 1
            else 0
        end) = 1 as is_bulk
    from headers
    where
        name in ('from', 'to', 'cc', 'bcc', 'date', 'subject', 'message-id')
        or name in ({{ text_list(bulk_headers) }})
    group by id, record_hash
)

select
    *,
    {{ surrogate_key(["'gmail'", 'coalesce(message_id, id)']) }} as event_id
from versions
