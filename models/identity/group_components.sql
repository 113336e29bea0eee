-- Grain: an identifier that has an active edge, with the smallest key of its connected component.
{{ config(materialized='connected_components') }}

select
    {{ identifier_key('group', 'identifier_type_a', 'identifier_value_a') }} as node_a,
    {{ identifier_key('group', 'identifier_type_b', 'identifier_value_b') }} as node_b
from {{ ref('group_identifier_edges') }}
where is_active
