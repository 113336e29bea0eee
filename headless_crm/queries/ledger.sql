-- name: ledger_exists
select 1
from information_schema.tables
where table_schema = 'crm' and table_name = 'ledger'

-- name: noted_recipe
select recipe
from crm.ledger
where recipe is not null
order by stamp desc
limit 1
