-- A session that stands for a run on PostgreSQL. Its number alone would not do: the server gives it
-- to another session some time. An advisory lock under the number is gone with the session.

-- name: mark_session
select pg_backend_pid()
from (select pg_advisory_lock(6517357, pg_backend_pid())) as marked

-- name: wait_for_first_build
-- No session has the number -1.
select pg_advisory_lock(6517357, -1)

-- name: session_lives
select 1
from pg_locks
where locktype = 'advisory' and classid = 6517357 and cast(objid as bigint) = ? and cast(objid as bigint) = pid
