-- Grain: an identifier, with its group: the oldest identifier of its connected component names it.
{{ config(
    materialized='connected_components',
    entity='group',
    unique_key='identifier_key',
    scope='edge_id',
    looked_up_by=['group_id'],
    reads={
        'group_identifier_arrivals': 'identifier_key',
    },
) }}

-- depends_on: {{ ref('group_identifier_arrivals') }}
select
    identifier_key_a as node_a,
    identifier_key_b as node_b
from {{ upstream('group_identifier_edges') }} as group_identifier_edges
where is_active
