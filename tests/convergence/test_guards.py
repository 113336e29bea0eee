"""What links nothing, and what the user links: a rule splits and joins exactly what it touches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from checks import explainer
from events import Events
from landings import NOW, Landing
from told import land_and_run, seen
from warehouses import Warehouse

PHONE = "+14155550100"


def told(key: str, hours: int, **identifiers: str | list[str]) -> Landing:
    """An event that tells of one person with these identifiers."""
    return seen(key, hours, persons=[{"identifiers": identifiers}])


def limit(
    warehouse: Warehouse,
    value: str,
    most: int | None,
    kind: str = "email",
    partner: str = "*",
    entity: str = "person",
) -> None:
    warehouse.engine.execute(
        "insert into raw.identifier_limits "
        "(entity, identifier_type, identifier_value, partner_type, max_partners) values "
        f"('{entity}', '{kind}', '{value}', '{partner}', {'null' if most is None else most})"
    )


def link(warehouse: Warehouse, rule: str, a: tuple[str, str], b: tuple[str, str]) -> None:
    warehouse.engine.execute(
        "insert into raw.identifier_links (entity, rule, identifier_type_a, identifier_value_a, "
        f"identifier_type_b, identifier_value_b) values ('person', '{rule}', '{a[0]}', '{a[1]}', "
        f"'{b[0]}', '{b[1]}')"
    )


@contextmanager
def landing(warehouse: Warehouse, at_once: bool) -> Iterator[Callable[[Landing], None]]:
    """Lands a row and takes it, as a single event or by a run."""
    events = Events(warehouse.engine)

    def land(row: Landing) -> None:
        warehouse.land(row)
        if at_once:
            events.process({row.source: [row.key]})
        else:
            warehouse.run()

    try:
        yield land
    finally:
        events.close()


def lift(warehouse: Warehouse, table: str) -> None:
    warehouse.engine.execute(f"delete from raw.{table}")


def persons(warehouse: Warehouse, entity: str = "person") -> list[list[str]]:
    """The values of each person's identifiers."""
    found: dict[str, list[str]] = {}
    for value, entity_id in warehouse.engine.execute(
        f"select identifier_value, {entity}_id from crm.resolved_{entity}_identifiers"
    ):
        found.setdefault(entity_id, []).append(value)
    return sorted(sorted(values) for values in found.values())


def memberships(warehouse: Warehouse) -> list[tuple[str, str]]:
    """The values of the person's and the group's identifiers of each."""
    sides = [
        f"(select string_agg(identifier_value, ' ' order by identifier_value) from "
        f"crm.resolved_{side}_identifiers as its where its.{side}_id = memberships.{side}_id)"
        for side in ("person", "group")
    ]
    return sorted(warehouse.engine.execute(f"select {', '.join(sides)} from crm.memberships"))


def member(key: str, hours: int, version: int = 1, **sides: Any) -> Landing:
    """An event that makes a person with these identifiers a member of such a group."""
    told = {f"{side}s": [{"identifiers": identifiers}] for side, identifiers in sides.items()}
    return seen(key, hours, version=version, **told)


def reasons(warehouse: Warehouse) -> list[str]:
    """Why edges do not join, an entry an edge."""
    return [
        row[0]
        for row in warehouse.engine.execute(
            "select inactive_reason from crm.person_identifier_edges "
            "where not is_active order by inactive_reason"
        )
    ]


@pytest.mark.parametrize("value", ["Ann@A.test ", "ann@*", "*@A.TEST"])
def test_a_blocked_value_splits_what_it_held_and_joins_it_again(
    warehouse: Warehouse, value: str
) -> None:
    land_and_run(
        warehouse,
        told("e1", -30, email="ann@a.test", user_id="1"),
        told("e2", -20, email="ann@a.test", user_id="2"),
        told("e3", -20, email="bob@b.test", user_id="3"),
    )
    together = [["1", "2", "ann@a.test"], ["3", "bob@b.test"]]
    assert persons(warehouse) == together
    limit(warehouse, value, 0)
    logged = land_and_run(warehouse)
    assert [entry.change for entry in logged] == ["split", "split"]
    assert persons(warehouse) == [["1"], ["2"], ["3", "bob@b.test"], ["ann@a.test"]]
    assert reasons(warehouse) == ["blocked", "blocked"]
    lift(warehouse, "identifier_limits")
    logged = land_and_run(warehouse)
    assert [entry.change for entry in logged] == ["merged", "merged"]
    assert persons(warehouse) == together


def test_the_defaults_block_a_shared_inbox_and_a_value_of_ones_own_is_allowed(
    warehouse: Warehouse,
) -> None:
    land_and_run(
        warehouse,
        told("e1", -30, email="info@a.test", user_id="1"),
        told("e2", -30, email="info@b.test", user_id="2"),
        told("e3", -30, email="no-reply@b.test", user_id="2"),
    )
    assert reasons(warehouse) == ["blocked"] * 3
    limit(warehouse, "info@a.test", None)
    land_and_run(warehouse)
    assert persons(warehouse) == [["1", "info@a.test"], ["2"], ["info@b.test"], ["no-reply@b.test"]]
    # One for the very pattern of a default comes before it.
    limit(warehouse, "info@*", None)
    land_and_run(warehouse)
    assert persons(warehouse) == [["1", "info@a.test"], ["2", "info@b.test"], ["no-reply@b.test"]]


def test_capitals_count_in_a_rule_where_they_do_in_values(warehouse: Warehouse) -> None:
    """Placeholders are known as programs write them."""
    land_and_run(
        warehouse,
        told("e1", -30, email="ann@a.test", user_id="TEST-1"),
        told("e2", -30, email="bob@b.test", user_id="TEST-1"),
        told("e3", -30, email="cy@c.test", user_id="None"),
        told("e4", -30, email="di@d.test", user_id="None"),
    )
    others = [["None"], ["cy@c.test"], ["di@d.test"]]
    assert persons(warehouse) == sorted([["TEST-1", "ann@a.test", "bob@b.test"], *others])
    limit(warehouse, "test-*", 0, kind="user_id")
    limit(warehouse, "TEST-2*", 0, kind="user_id")
    land_and_run(warehouse)
    assert persons(warehouse) == sorted([["TEST-1", "ann@a.test", "bob@b.test"], *others])
    limit(warehouse, "TEST-*", 0, kind=" User_ID")
    land_and_run(warehouse)
    assert persons(warehouse) == sorted([["TEST-1"], ["ann@a.test"], ["bob@b.test"], *others])


@pytest.mark.parametrize("at_once", [False, True], ids=["batch", "single event"])
def test_a_phone_of_two_people_links_nobody_until_one_of_them_gives_it_up(
    warehouse: Warehouse, at_once: bool
) -> None:
    """The cap counts partners of a type; those that one row names together are one's."""
    with landing(warehouse, at_once) as land:
        land(told("e1", -30, email=["ann@a.test", "ann@b.test"], phone=PHONE))
        assert persons(warehouse) == [[PHONE, "ann@a.test", "ann@b.test"]]
        land(told("e2", -20, email="bob@b.test", phone=PHONE, user_id="2"))
        assert persons(warehouse) == [[PHONE], ["2", "bob@b.test"], ["ann@a.test", "ann@b.test"]]
        assert reasons(warehouse) == ["shared"] * 4
        # Another partner changes nothing.
        land(told("e3", -15, email="eve@b.test", phone=PHONE))
        assert len(persons(warehouse)) == 4
        corrected = seen("e2", -10, version=2, persons=[{"identifiers": {"user_id": "2"}}])
        land(corrected)
        land(seen("e3", -10, version=2))
        assert persons(warehouse) == [[PHONE, "ann@a.test", "ann@b.test"], ["2"]]
        assert reasons(warehouse) == []


def test_an_earlier_moment_is_explained_by_what_had_landed_by_then(warehouse: Warehouse) -> None:
    land_and_run(
        warehouse,
        told("e1", -30, email="ann@a.test", phone=PHONE),
        told("e2", -20, email="bob@b.test", phone=PHONE),
    )
    together = [
        explainer(warehouse, "person", NOW + timedelta(hours=hours)).explain("ann@a.test", PHONE)
        for hours in (-40, -25, -15)
    ]
    assert [found.together for found in together] == [False, True, False]
    assert [len(found.path) for found in together] == [0, 1, 1]
    [[guard]] = together[2].guards.values()
    assert (guard.partner_type, guard.partners, guard.max_partners) == ("email", 2, 1)


def test_a_blocked_partner_does_not_count(warehouse: Warehouse) -> None:
    land_and_run(
        warehouse,
        told("e1", -30, email="ann@a.test", phone=PHONE),
        told("e2", -20, email="eve@a.test", phone=PHONE),
    )
    assert reasons(warehouse) == ["shared", "shared"]
    limit(warehouse, "eve@*", 0)
    land_and_run(warehouse)
    assert persons(warehouse) == [[PHONE, "ann@a.test"], ["eve@a.test"]]
    lift(warehouse, "identifier_limits")
    land_and_run(warehouse)
    assert reasons(warehouse) == ["shared", "shared"]


def test_a_cap_counts_partners_of_each_type_by_itself(warehouse: Warehouse) -> None:
    """By default a phone has one email and one user id: both together are not too many."""
    land_and_run(
        warehouse,
        told("e1", -30, email="ann@a.test", phone=PHONE),
        told("e2", -20, user_id="1", phone=PHONE),
    )
    assert persons(warehouse) == [[PHONE, "1", "ann@a.test"]]


def test_a_cap_for_a_type_of_partner_comes_before_one_for_all(warehouse: Warehouse) -> None:
    rows = [told(f"e{n}", -30 + n, email="ann@a.test", user_id=str(n)) for n in (1, 2, 3)]
    limit(warehouse, "*", 5)
    limit(warehouse, "*", 2, partner="user_id")
    land_and_run(warehouse, *rows[:2])
    assert persons(warehouse) == [["1", "2", "ann@a.test"]]
    land_and_run(warehouse, rows[2])
    assert persons(warehouse) == [["1"], ["2"], ["3"], ["ann@a.test"]]


def test_a_generic_domain_is_no_group_whoever_tells_of_it(warehouse: Warehouse) -> None:
    groups = [{"identifiers": {"domain": "gmail.com", "shop_id": n}} for n in ("1", "2")]
    land_and_run(warehouse, seen("e1", -30, groups=groups))
    assert persons(warehouse, "group") == [["1"], ["2"], ["gmail.com"]]


def test_never_linked_identifiers_are_cut_apart(warehouse: Warehouse) -> None:
    """Where both stand beside a third, it stays with the one that it came with first."""
    limit(warehouse, "*", None, kind="phone", partner="email")
    land_and_run(
        warehouse,
        told("e1", -30, email="ann@a.test", phone=PHONE),
        told("e2", -20, email="bob@a.test", phone=PHONE),
        told("e3", -10, email=["ann@a.test", "bob@a.test"]),
    )
    assert len(persons(warehouse)) == 1
    link(warehouse, "never", ("email", "Bob@a.test"), ("email", "ann@a.test"))
    [entry] = land_and_run(warehouse)
    assert entry.change == "split"
    assert persons(warehouse) == [[PHONE, "ann@a.test"], ["bob@a.test"]]
    assert reasons(warehouse) == ["never_link", "never_link"]
    land_and_run(warehouse, told("e4", -5, email=["ann@a.test", "bob@a.test"], user_id="7"))
    assert all(not {"ann@a.test", "bob@a.test"} <= set(values) for values in persons(warehouse))
    lift(warehouse, "identifier_links")
    land_and_run(warehouse)
    assert len(persons(warehouse)) == 1


def test_an_edge_to_a_third_that_a_never_cuts_is_not_made_by_an_always(
    warehouse: Warehouse,
) -> None:
    limit(warehouse, "*", None, kind="phone", partner="email")
    link(warehouse, "never", ("email", "ann@a.test"), ("email", "bob@a.test"))
    link(warehouse, "always", ("email", "bob@a.test"), ("phone", PHONE))
    land_and_run(
        warehouse,
        told("e1", -30, email="ann@a.test", phone=PHONE),
        told("e2", -20, email="bob@a.test", phone=PHONE),
    )
    assert persons(warehouse) == [[PHONE, "ann@a.test"], ["bob@a.test"]]


def test_always_linked_identifiers_are_one_person_once_both_are_there(
    warehouse: Warehouse,
) -> None:
    link(warehouse, "always", ("user_id", "1"), ("email", "ann@a.test"))
    land_and_run(warehouse, told("e1", -30, user_id="1"))
    assert persons(warehouse) == [["1"]]
    land_and_run(warehouse, told("e2", -20, email="ann@a.test", phone=PHONE))
    assert persons(warehouse) == [[PHONE, "1", "ann@a.test"]]
    link(warehouse, "never", ("email", "ann@a.test"), ("user_id", "1"))
    land_and_run(warehouse)
    assert persons(warehouse) == [[PHONE, "ann@a.test"], ["1"]]
    lift(warehouse, "identifier_links")
    assert [entry.change for entry in land_and_run(warehouse)] == []


@pytest.mark.parametrize("at_once", [False, True], ids=["batch", "single event"])
def test_who_comes_later_with_a_shared_identifier_moves_earlier_memberships(
    warehouse: Warehouse, at_once: bool
) -> None:
    limit(warehouse, "*", 1, kind="domain", partner="shop_id", entity="group")
    warehouse.run()
    with landing(warehouse, at_once) as land:
        land(member("e1", -30, person={"user_id": "7"}, group={"domain": "a.test", "shop_id": "1"}))
        assert memberships(warehouse) == [("7", "1 a.test")]
        land(member("e2", -20, person={"user_id": "8"}, group={"domain": "a.test", "shop_id": "2"}))
        assert memberships(warehouse) == [("7", "1"), ("8", "2")]
        land(member("e2", -10, version=2, person={"user_id": "8"}, group={"shop_id": "2"}))
        assert memberships(warehouse) == [("7", "1 a.test"), ("8", "2")]


@pytest.mark.parametrize("at_once", [False, True], ids=["batch", "single event"])
def test_a_guarded_identifier_has_a_membership_only_where_its_row_has_no_other(
    warehouse: Warehouse, at_once: bool
) -> None:
    inbox, generic = {"email": "support@a.test"}, {"domain": "gmail.com"}
    with landing(warehouse, at_once) as land:
        land(member("e1", -30, person=inbox, group=generic))
        land(member("e2", -30, person={"user_id": "77"}, group={"shop_id": "5"}))
        known = [("77", "5"), ("support@a.test", "gmail.com")]
        assert memberships(warehouse) == known
        # The first identifier of either row stays, and so does who each identifier is.
        whole = {"person": inbox | {"user_id": "77"}, "group": generic | {"shop_id": "5"}}
        land(member("e1", -20, version=2, **whole))
        assert memberships(warehouse) == [("77", "5")]
        land(member("e1", -10, version=3, person=inbox, group=generic))
        assert memberships(warehouse) == known


def test_a_guard_that_parts_nobody_moves_a_membership_and_back(warehouse: Warehouse) -> None:
    """Nor does it where a link has cut the two already."""
    link(warehouse, "never", ("email", "ann@a.test"), ("user_id", "7"))
    person = {"email": "ann@a.test", "user_id": "7"}
    land_and_run(warehouse, member("e1", -30, person=person, group={"domain": "a.test"}))
    assert memberships(warehouse) == [("ann@a.test", "a.test")]
    limit(warehouse, "ann@*", 0)
    assert land_and_run(warehouse) == []
    assert memberships(warehouse) == [("7", "a.test")]
    lift(warehouse, "identifier_limits")
    land_and_run(warehouse)
    assert memberships(warehouse) == [("ann@a.test", "a.test")]


def test_two_of_one_event_who_share_an_inbox_are_members_both(warehouse: Warehouse) -> None:
    persons = [{"identifiers": {"email": "info@a.test", "user_id": n}} for n in ("1", "2")]
    both = [{"person": n, "group": 0, "role": role} for n, role in enumerate(("owner", "staff"))]
    groups = [{"identifiers": {"domain": "a.test"}}]
    land_and_run(warehouse, seen("e1", -30, persons=persons, groups=groups, memberships=both))
    assert memberships(warehouse) == [("1", "a.test"), ("2", "a.test")]
    limit(warehouse, "info@a.test", None)
    land_and_run(warehouse)
    assert memberships(warehouse) == [("1 2 info@a.test", "a.test")]
    roles = "select role from crm.{} order by role"
    assert warehouse.engine.execute(roles.format("entity_memberships")) == [("owner",), ("staff",)]
    told = [
        warehouse.engine.execute(roles.format(name))
        for name in ("memberships", "membership_history")
    ]
    assert told == [[("staff",)], [("staff",)]]
