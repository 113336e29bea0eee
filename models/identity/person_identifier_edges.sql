-- Grain: an unordered pair of identifiers that some row gives to one person, or the user's links do.
{{ config(
    unique_key='edge_id',
    scope='identifier_key_a',
    looked_up_by=['identifier_key_b', 'edge_id'],
    reads={
        'person_identifiers': [
            'identifier_key',
            {'via': 'person_identifiers', 'on': ['row_id', 'row_id'], 'key': 'identifier_key'},
        ],
        'person_edge_rules': 'identifier_key_a',
        'blocked_person_identifiers': ways_of_guards('person_identifier_edges'),
        'shared_person_identifiers': ways_of_guards('person_identifier_edges'),
    },
    counts={'person_identifiers': 'not is_alone'},
) }}

with pairs as (
    {{ create_and_dedup_edges(
        told_together(upstream('person_identifiers')),
        told_together(upstream('person_identifiers', whole=true)),
    ) }}
),

edges as (
    {{ guarded_edges(
        'pairs',
        upstream('person_edge_rules'),
        upstream('blocked_person_identifiers', whole=true),
        upstream('shared_person_identifiers', whole=true),
    ) }}
)

select * from edges
