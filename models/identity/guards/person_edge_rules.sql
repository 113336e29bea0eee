-- Grain: an edge that the user's links make or cut; one that is cut in both directions.
{{ config(unique_key=['identifier_key_a', 'identifier_key_b']) }}

with rules as (
    {{ edge_rules(
        upstream('identifier_links'),
        upstream('person_identifier_arrivals'),
        upstream('person_identifiers'),
        'person',
    ) }}
)

select * from rules
