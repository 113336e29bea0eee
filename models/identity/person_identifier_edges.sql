-- Grain: an unordered pair of identifiers that some row gives to one person.
{{ config(
    unique_key='edge_id',
    scope='identifier_key_a',
    looked_up_by=['identifier_key_b', 'edge_id'],
    reads={
        'person_identifiers': [
            'identifier_key',
            {'via': 'person_identifiers', 'on': ['row_id', 'row_id'], 'key': 'identifier_key'},
        ],
    },
) }}

with edges as (
    {{ create_and_dedup_edges(upstream('person_identifiers'), upstream('person_identifiers', whole=true)) }}
)

select * from edges
