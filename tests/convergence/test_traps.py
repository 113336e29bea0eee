"""What a warehouse that is built incrementally could fall for, one thing at a time.

After each of them the fixture `warehouse` runs once more, and compares with a first build.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import datetime

import pytest
from landings import NOW, Landing
from told import event_of, ids, key_of, land_and_run, mail, seen, shop, taken
from warehouses import Rows, Warehouse

YEAR = 24 * 365


@pytest.mark.parametrize("hours", [-5, -40], ids=["equal synced_at", "older synced_at"])
def test_a_row_that_becomes_visible_late_is_taken(warehouse: Warehouse, hours: int) -> None:
    land_and_run(warehouse, seen("first", -5, "a"))
    land_and_run(warehouse, seen("late", hours, "b"))
    assert taken(warehouse) == {"first", "late"}


def test_a_row_stamped_far_ahead_makes_no_later_one_pending(warehouse: Warehouse) -> None:
    land_and_run(warehouse, seen("ahead", YEAR, "a"))
    land_and_run(warehouse, seen("now", 0, "b"))
    assert taken(warehouse) == {"ahead", "now"}


def test_times_that_are_text_are_read_alike_in_each_run(warehouse: Warehouse) -> None:
    """A loader may write them in any form of ISO 8601, or none of it."""
    warehouse.engine.execute("alter table raw.manual_events alter column synced_at type text")
    land_and_run(warehouse, seen("first", -100, "a"))
    day = f"{NOW:%Y-%m-%d}"
    no_times = [day.replace("-", "/"), "2001/02/03", "yesterday", "epoch", f"{NOW.timestamp():.0f}"]
    times = {
        f"{day}T10:00Z": f"{day} 10:00",
        f"{day}T10:00:00z": f"{day} 10:00",
        f"{day}T10:00:00 Z": f"{day} 10:00",
        f"{day} 10:00:00 +02:00": f"{day} 08:00",
    }

    def land(text: str) -> None:
        values = f"'{text}', '{seen(text, 0, 'a').record}', '{text}'"
        warehouse.engine.execute(f"insert into raw.manual_events values ({values})")

    for text in no_times:
        land(text)
    warehouse.run()
    # None of them moved the watermark, or this one would be too old.
    land_and_run(warehouse, seen("late", -180, "b"))
    for text in times:
        land(text)
    warehouse.run()
    read = "select id, synced_at from crm.manual_events_raw where id not in ('first', 'late')"
    expected = dict.fromkeys(no_times) | {
        text: datetime.fromisoformat(time) for text, time in times.items()
    }
    assert dict(warehouse.engine.execute(read)) == expected
    assert "late" in taken(warehouse)


def test_what_is_rejected_or_broken_in_a_later_run_is_told_and_taken_back(
    warehouse: Warehouse,
) -> None:
    def told(value: str) -> dict[str, list[dict[str, dict[str, str]]]]:
        return {"persons": [{"identifiers": {"email": value}}]}

    def rejected() -> Rows:
        return warehouse.engine.execute("select raw_value from crm.rejected_identifiers")

    def broken() -> Rows:
        return warehouse.engine.execute("select source_key from crm.dead_letters")

    land_and_run(warehouse, seen("a", -30, **told("no address")))
    assert rejected() == [("no address",)]
    land_and_run(warehouse, seen("a", -20, version=2, **told("a@b.test")), seen("b", -20, "b"))
    assert rejected() == []
    land_and_run(warehouse, Landing("manual", "b", "{broken", -10))
    assert broken() == [("b",)]
    land_and_run(warehouse, seen("a", -5, version=3, **told("again none")))
    assert rejected() == [("again none",)]


def test_an_event_run_that_overtook_the_batch_hides_nothing(warehouse: Warehouse) -> None:
    land_and_run(warehouse, seen("before", -24 * 20, "a"))
    warehouse.land(seen("waiting", -24 * 10, "a", "b"))
    overtaking = seen("overtaking", 0, "b", "c")
    warehouse.land(overtaking)
    with warehouse.lock("event"):  # As a run for one event would: no watermark is noted.
        record = overtaking.record.replace("'", "''")
        warehouse.engine.execute(
            "insert into crm.manual_events_raw (id, record, record_hash, synced_at, _ingested_at) "
            f"select '{overtaking.key}', '{record}', md5('{record}'), "
            f"cast('{overtaking.synced_at}' as timestamp), stamp from crm.writer_lock"
        )
    land_and_run(warehouse)
    assert taken(warehouse) == {"before", "waiting", "overtaking"}
    assert set(ids(warehouse).values()) == {key_of(warehouse, "a")}


def test_an_idle_source_keeps_its_own_watermark(warehouse: Warehouse) -> None:
    idle, later = shop("idle", -24 * 30), shop("later", -24 * 20)
    land_and_run(warehouse, idle)
    for busy in range(3):
        land_and_run(warehouse, seen(f"busy{busy}", busy - 3, "a"))
    land_and_run(warehouse, later)
    assert taken(warehouse, "gadget_shops_parsed") == {idle.key, later.key}


@pytest.mark.parametrize("layer", ["core_layer", "identity", "marts"])
def test_a_run_killed_between_layers_is_made_good(warehouse: Warehouse, layer: str) -> None:
    first = [seen("a", -30, "a"), seen("b", -20, "b"), shop("s", -20)]
    more = [
        seen("bridge", -10, "a", "b"),
        seen("a", -9, version=2),
        mail("m", -8, "x@b.test", "a@c"),
    ]
    twin = Warehouse(warehouse.engine.empty())
    for runs in (first, more):
        for row in runs:
            warehouse.land(row)
            twin.land(row)
        twin.run()
        if runs is first:
            warehouse.run()
    names = [name for name, its_layer in twin.project.layers.items() if its_layer == layer]
    warehouse.run(die_after=min(twin.begun[name] for name in names))
    twin_persons = sorted(twin.rows("persons"))
    twin.engine.close()
    assert taken(warehouse) == {"a", "b", "bridge"}
    assert sorted(warehouse.rows("persons")) != twin_persons
    land_and_run(warehouse, seen("later", -7, "b", "c"))
    assert ids(warehouse).keys() >= {"a", "b", "c"}
    logged_once = warehouse.engine.execute(
        "select id, other_id from crm.identity_journal "
        "where change = 'merged' and entity = 'person'"
    )
    assert logged_once == [(key_of(warehouse, "b"), key_of(warehouse, "a"))]


def test_a_version_of_the_same_time_adds_an_edge_to_what_stays(warehouse: Warehouse) -> None:
    """Of versions that landed together the greater hash counts; what both say stays as it is."""
    first = seen("1", -40, "a")
    versions = (seen("1", -40, "a", "b", version=number) for number in range(2, 99))
    land_and_run(warehouse, first)
    land_and_run(warehouse, next(v for v in versions if _hash(v) > _hash(first)))
    assert ids(warehouse)["b"] == ids(warehouse)["a"] == key_of(warehouse, "a")


def _hash(row: Landing) -> str:
    return hashlib.md5(row.record.encode(), usedforsecurity=False).hexdigest()


def test_identity_alone_after_a_run_that_died_within_core_loses_no_edge(
    warehouse: Warehouse,
) -> None:
    """The edge is there before the identifier that it joins to a known one."""
    land_and_run(warehouse, seen("1", -40, "a"))
    warehouse.land(seen("2", -39, "a", "b"))
    warehouse.run(die_before="person_identifier_arrivals")
    warehouse.run("identity")
    warehouse.run()
    assert ids(warehouse)["b"] == ids(warehouse)["a"] == key_of(warehouse, "a")


def test_a_run_of_the_raw_models_alone_loses_nothing(warehouse: Warehouse) -> None:
    land_and_run(warehouse, seen("a", -30, "a"))
    warehouse.land(seen("b", -20, "a", "b"))
    warehouse.run("source_layer")
    land_and_run(warehouse, seen("c", -10, "b", "c"))
    assert set(ids(warehouse)) == {"a", "b", "c"}


def everything(warehouse: Warehouse) -> dict[str, Counter[tuple[object, ...]]]:
    """All rows with the stamps at which runs wrote them."""
    return {
        table: Counter(warehouse.engine.execute(f"select * from crm.{table}"))
        for table in [*warehouse.project.order, "identity_journal"]
    }


def test_a_full_refresh_of_what_converged_writes_nothing(warehouse: Warehouse) -> None:
    land_and_run(warehouse, *_ROWS_OF_A_DOMAIN, seen("a", -30, "a"), seen("b", -30, "b"))
    land_and_run(warehouse, seen("bridge", -10, "a", "b", "c"), seen("x", -10, occurred_at="never"))
    land_and_run(warehouse, seen("bridge", -5, "b", "c", version=2))
    before = everything(warehouse)
    assert all(before[table] for table in ("persons", "groups", "memberships", "dead_letters"))
    warehouse.run(full=True)
    assert everything(warehouse) == before


_ROWS_OF_A_DOMAIN: list[Landing] = [
    shop("s", -30),
    mail("m", -20, "Ann <ann@a.test>", "bob@b.test"),
    seen(
        "sold",
        -10,
        persons=[{"identifiers": {"email": "eve@a.test"}}],
        groups=[{"identifiers": {"domain": "a.test"}}],
        memberships=[{"person": 0, "group": 0, "role": "buyer"}],
    ),
]


def test_a_domain_that_is_generic_for_a_time_goes_and_comes_back(warehouse: Warehouse) -> None:
    """One that mail alone tells of; and one that a shop has too, which stays a group."""

    def state() -> list[Rows]:
        return [sorted(warehouse.rows(table)) for table in ("groups", "memberships", "persons")]

    def domains() -> set[str]:
        return {
            row[0]
            for row in warehouse.engine.execute(
                "select identifier_value from crm.resolved_group_identifiers "
                "where identifier_type = 'domain'"
            )
        }

    rows = [*_ROWS_OF_A_DOMAIN, mail("m2", -15, "eve@a.test", "Bob <bob@b.test>")]
    land_and_run(warehouse, *rows)
    before = state()
    assert domains() == {"a.test", "b.test"}
    for domain in ("a.test", "b.test"):
        warehouse.engine.execute(f"insert into crm.generic_domains values ('{domain}', 'freemail')")
    [entry] = land_and_run(warehouse, entity="group")
    assert entry.change == "removed"
    assert domains() == {"a.test"}
    assert all(len(now) < len(then) for now, then in zip(state()[:2], before[:2], strict=True))
    warehouse.engine.execute("delete from crm.generic_domains where domain like '_.test'")
    [back] = land_and_run(warehouse, entity="group")
    assert (back.change, back.id) == ("born", entry.id)
    assert state() == before


@pytest.mark.parametrize("lags", ["identity", "components"])
@pytest.mark.parametrize("flips", [1, 2, 3, 4])
@pytest.mark.parametrize("seen_first", [False, True], ids=["not seen before", "seen before"])
def test_a_consumer_that_lags_sees_the_outcome_alone(
    warehouse: Warehouse, flips: int, seen_first: bool, lags: str
) -> None:
    """An edge comes and goes while identity does not run, or dies before components each time."""
    values = [("a",), ("a", "b")]
    land_and_run(warehouse, seen("e", -40, *values[seen_first]), seen("b", -41, "b", "c"))
    before = ids(warehouse)
    for flip in range(1, flips + 1):
        there = (flip + seen_first) % 2
        warehouse.land(seen("e", flip - 40, *values[there], version=flip + 1))
        if lags == "components":
            warehouse.run(die_before="person_components")
        else:
            warehouse.run("source_layer")
            warehouse.run("core_layer")
        assert ids(warehouse) == before
    logged = land_and_run(warehouse)
    if flips % 2 == 0:
        assert ids(warehouse) == before
        assert logged == []
    else:
        assert [entry.change for entry in logged] == ["split" if seen_first else "merged"]


@pytest.mark.parametrize("flips", [1, 2, 3])
def test_marts_that_lag_behind_identity_catch_up(warehouse: Warehouse, flips: int) -> None:
    """What identity takes back must not be forgotten before marts have seen it."""
    values = [("a",), ("a", "b")]
    told = {"identifiers": {"user_id": ["b", "c"]}, "traits": {"city": "x"}}
    land_and_run(warehouse, seen("e", -42, *values[1]), seen("b", -41, persons=[told]))
    for flip in range(1, flips + 1):
        warehouse.land(seen("e", flip - 40, *values[(flip + 1) % 2], version=flip + 1))
        for layer in ("source_layer", "core_layer", "identity"):
            warehouse.run(layer)
    assert len(set(ids(warehouse).values())) == 1 + flips % 2
    assert len(warehouse.rows("persons")) == 1
    warehouse.run("marts")
    assert len(warehouse.rows("persons")) == 1 + flips % 2


def test_what_is_told_again_moves_an_interval_only_where_it_begins(warehouse: Warehouse) -> None:
    """Most of it is known already; what occurred or landed before all that is known is not."""

    def told(key: str, hours: int, day: int, value: str, version: int = 1) -> Landing:
        persons = [{"identifiers": {"user_id": "a"}, "traits": {"city": value}}] if value else []
        groups = [{"identifiers": {"domain": "a.test"}, "traits": {"plan": value}}] if value else []
        members = [{"person": 0, "group": 0, "role": value}] if value else []
        record = {"persons": persons, "groups": groups, "memberships": members}
        return seen(key, hours, version=version, occurred_at=f"2025-01-0{day}", **record)

    def intervals(table: str, value: str) -> list[tuple[str, int, int | None]]:
        return warehouse.engine.execute(
            f"select {value}, extract(day from valid_from), extract(day from valid_to) "
            f"from crm.{table} order by valid_from"
        )

    steps = [
        (told("3", -50, 3, "x"), [("x", 3, None)]),
        (told("5", -40, 5, "x"), [("x", 3, None)]),
        (told("3 again", -40, 3, "x"), [("x", 3, None)]),
        (told("2", -30, 2, "x"), [("x", 2, None)]),
        (told("6", -30, 6, "y"), [("x", 2, 6), ("y", 6, None)]),
        (told("8", -30, 8, "x"), [("x", 2, 6), ("y", 6, 8), ("x", 8, None)]),
        (told("7", -25, 7, "x"), [("x", 2, 6), ("y", 6, 7), ("x", 7, None)]),
        (told("4", -60, 4, "x"), [("x", 2, 6), ("y", 6, 7), ("x", 7, None)]),
        (told("2", -20, 2, "", version=2), [("x", 3, 6), ("y", 6, 7), ("x", 7, None)]),
        (told("1", -20, 1, "y"), [("y", 1, 3), ("x", 3, 6), ("y", 6, 7), ("x", 7, None)]),
    ]
    for row, known in steps:
        land_and_run(warehouse, row)
        assert intervals("person_trait_history", "trait_value") == known
        assert intervals("group_trait_history", "trait_value") == known
        assert intervals("membership_history", "role") == known
    arrived = "select distinct first_seen_at, event_id from crm.{}_identifier_arrivals"
    for entity in ("person", "group"):
        [(first_seen_at, event_id)] = warehouse.engine.execute(arrived.format(entity))
        assert first_seen_at == datetime(2025, 1, 1)
        assert event_id == event_of(warehouse, "4")


def test_copies_of_a_message_that_differ_are_one_event_of_one_time(warehouse: Warehouse) -> None:
    """That of the first of them, and one participant where their recipients are one person."""

    def known() -> Rows:
        sql = (
            "select distinct extract(second from identifiers.occurred_at), "
            "extract(second from events.occurred_at), extract(second from took_part.occurred_at), "
            "extract(second from roles.occurred_at) "
            "from crm.events "
            "inner join crm.person_participants as took_part on took_part.event_id = events.id "
            "inner join crm.person_identifiers as identifiers "
            "on identifiers.event_id = events.id "
            "inner join crm.membership_identifiers as roles on roles.event_id = events.id"
        )
        return sorted(warehouse.engine.execute(sql))

    one_person = {"identifiers": {"email": ["bob@a.test", "bob@b.test"]}}
    land_and_run(
        warehouse,
        seen("bob", -30, persons=[one_person]),
        mail("copy 1", -20, "ann@a.test", "bob@a.test", message="m", second=5),
    )
    assert known() == [(5, 5, 5, 5)]
    late = mail("copy 2", -10, "ann@a.test", "bob@b.test, ann@a.test", message="m", second=3)
    land_and_run(warehouse, late)
    assert known() == [(3, 3, 3, 3)]
    took_part = "select role, count(*) from crm.person_participants group by role order by role"
    assert warehouse.engine.execute(took_part) == [("recipient", 2), ("sender", 1), (None, 1)]
    moved = mail("copy 2", -5, "ann@a.test", "bob@b.test", message="another", second=3)
    land_and_run(warehouse, moved)
    assert known() == [(3, 3, 3, 3), (5, 5, 5, 5)]
