-- Grain: a domain that is nobody's own. A copy of the seed that tells a delta what changed in it.
{{ config(unique_key='domain') }}

select
    domain,
    kind
from {{ ref('generic_domains') }}
