-- Grain: (version of a landed row, role, position): every address of a message.
{{ config(unique_key=['id', 'record_hash', 'role', 'position'], scope='id') }}

with headers as (
    select * from {{ upstream('gmail_message_headers') }} as gmail_message_headers
),

{% for role, header in {
    'sender': 'from_header', 'recipient': 'to_header', 'cced': 'cc_header', 'bcced': 'bcc_header',
}.items() %}
{{ role }}_addresses as (
    {{ parse_addresses('headers', ['id', 'record_hash', 'event_id', "'" ~ role ~ "' as role"], header) }}
),

{% endfor %}
addresses as (
    {% for role in ['sender', 'recipient', 'cced', 'bcced'] %}
    select * from {{ role }}_addresses
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}
),

typed as (
    select
        *,
        'email' as identifier_type,
        raw_address as raw_value
    from addresses
),

normalized as (
    {{ normalize_identifiers('typed') }}
)

select
    id,
    record_hash,
    event_id,
    role,
    position,
    name,
    raw_address,
    identifier_value as email,
    {{ domain_of_email('identifier_value') }} as domain
from normalized
