-- The user's rules about identifiers; :relation is a table of them, :columns its columns.

-- name: table_exists
-- Not of information_schema, which hides what one may not read: that is to be an error.
select 1
from pg_catalog.pg_class as relations
inner join pg_catalog.pg_namespace as schemas on relations.relnamespace = schemas.oid
where schemas.nspname = ? and relations.relname = ?

-- name: rules
select :columns from :relation
order by :columns

-- name: forget
delete from :relation

-- name: say
insert into :relation (:columns)
values (:marks)

-- name: preview_changes
-- What a run logged of ids, the largest changes first, with names as they are.
select
    changes.change,
    changes.id,
    changes.other_id,
    changes.identifiers,
    coalesce(:name, :other_name) as name
from identity_journal as changes
left join :entities as names on changes.id = names.:entity_id
left join :entities as others on changes.other_id = others.:entity_id
where changes.run_id = :run_id and changes.entity = ':entity'
order by changes.identifiers desc, changes.change, changes.id, changes.other_id
