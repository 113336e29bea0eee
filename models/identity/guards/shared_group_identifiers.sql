-- Grain: (identifier, type of partner) of what links nothing, since it has more of them than one group's.
{{ config(
    unique_key=['identifier_key', 'partner_type'],
    scope='identifier_key',
    reads={
        'group_identifiers': [
            'identifier_key',
            {'via': 'group_identifiers', 'on': ['row_id', 'row_id'], 'key': 'identifier_key'},
        ],
        'blocked_group_identifiers': {
            'via': 'group_identifiers',
            'on': ['identifier_key', 'identifier_key'],
            'beside': 'row_id',
            'key': 'identifier_key',
        },
        'identifier_limits': ways_of_limits('group_identifier_arrivals'),
    },
    counts={'group_identifiers': 'not is_alone'},
) }}

with shared as (
    {{ shared_identifiers(
        told_together(upstream('group_identifiers')),
        told_together(upstream('group_identifiers', whole=true)),
        upstream('blocked_group_identifiers', whole=true),
        upstream('identifier_limits', whole=true),
        'group',
    ) }}
)

select * from shared
