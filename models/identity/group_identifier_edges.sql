-- Grain: an unordered pair of identifiers that some row gives to one group, or the user's links do.
{{ config(
    unique_key='edge_id',
    scope='identifier_key_a',
    looked_up_by=['identifier_key_b', 'edge_id'],
    reads={
        'group_identifiers': [
            'identifier_key',
            {'via': 'group_identifiers', 'on': ['row_id', 'row_id'], 'key': 'identifier_key'},
        ],
        'group_edge_rules': 'identifier_key_a',
        'blocked_group_identifiers': ways_of_guards('group_identifier_edges'),
        'shared_group_identifiers': ways_of_guards('group_identifier_edges'),
    },
    counts={'group_identifiers': 'not is_alone'},
) }}

with pairs as (
    {{ create_and_dedup_edges(
        told_together(upstream('group_identifiers')),
        told_together(upstream('group_identifiers', whole=true)),
    ) }}
),

edges as (
    {{ guarded_edges(
        'pairs',
        upstream('group_edge_rules'),
        upstream('blocked_group_identifiers', whole=true),
        upstream('shared_group_identifiers', whole=true),
    ) }}
)

select * from edges
