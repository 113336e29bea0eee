-- Grain: (identifier, type of partner) of what links nothing, since it has more of them than one person's.
{{ config(
    unique_key=['identifier_key', 'partner_type'],
    scope='identifier_key',
    reads={
        'person_identifiers': [
            'identifier_key',
            {'via': 'person_identifiers', 'on': ['row_id', 'row_id'], 'key': 'identifier_key'},
        ],
        'blocked_person_identifiers': {
            'via': 'person_identifiers',
            'on': ['identifier_key', 'identifier_key'],
            'beside': 'row_id',
            'key': 'identifier_key',
        },
        'identifier_limits': ways_of_limits('person_identifier_arrivals'),
    },
    counts={'person_identifiers': 'not is_alone'},
) }}

with shared as (
    {{ shared_identifiers(
        told_together(upstream('person_identifiers')),
        told_together(upstream('person_identifiers', whole=true)),
        upstream('blocked_person_identifiers', whole=true),
        upstream('identifier_limits', whole=true),
        'person',
    ) }}
)

select * from shared
