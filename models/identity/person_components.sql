-- Grain: an identifier, with its person: the oldest identifier of its connected component names it.
{{ config(
    materialized='connected_components',
    entity='person',
    unique_key='identifier_key',
    scope='edge_id',
    looked_up_by=['person_id'],
    reads={
        'person_identifier_arrivals': 'identifier_key',
    },
) }}

-- depends_on: {{ ref('person_identifier_arrivals') }}
select
    identifier_key_a as node_a,
    identifier_key_b as node_b
from {{ upstream('person_identifier_edges') }} as person_identifier_edges
where is_active
