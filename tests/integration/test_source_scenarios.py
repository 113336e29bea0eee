"""The same of single sources: mails and their addresses, partner events and shops."""

from __future__ import annotations

import json

import pytest

from conftest import Sandbox
from scenarios import HEADERS, PARTNER_TYPES

# Gmail


@pytest.mark.parametrize(("at", "header"), enumerate(HEADERS))
def test_address_headers(built: Sandbox, at: int, header: str) -> None:
    [(event_id,)] = built.query(
        "select id from gmail_events where source_record_id = ?", f"header-{at}"
    )
    found = built.query(
        "select given.identifier_value, traits.trait_value from person_identifiers as given "
        "left join person_traits as traits on given.event_id = traits.event_id "
        "and given.identifier_value = traits.identifier_value and traits.trait_name = 'name' "
        "where given.event_id = ? and given.role = 'recipient'",
        event_id,
    )
    assert dict(found) == HEADERS[header]
    rejected = built.query("select * from rejected_identifiers where event_id = ?", event_id)
    assert rejected == []


def test_copies_of_a_message_are_one_event(built: Sandbox) -> None:
    found = built.query(
        "select count(distinct event_id), count(*) from person_participants "
        "join persons using (person_id) where email like '%@copy.test'"
    )
    assert found == [(1, 2)]
    assert built.query("select count(*) from gmail_events where message_id = '<m1@copy.test>'") == [
        (1,)
    ]


def test_messages_with_a_blank_id_are_messages_of_their_own(built: Sandbox) -> None:
    assert built.query(
        "select email, event_count from persons where email like '%@blank.test' order by email"
    ) == [("ann@blank.test", 1), ("bob@blank.test", 1), ("r@blank.test", 2)]


def test_a_company_s_domain_is_without_www(built: Sandbox) -> None:
    assert built.query("select domain, event_count from groups where domain like '%host.test'") == [
        ("host.test", 1)
    ]
    members = built.query(
        "select persons.email from memberships join persons using (person_id) "
        "join groups using (group_id) where groups.domain = 'host.test' order by persons.email"
    )
    assert members == [("ann@www.host.test",), ("bob@host.test",)]


def test_each_address_has_its_role(built: Sandbox) -> None:
    found = built.query(
        "select email, role from person_participants join persons using (person_id) "
        "where email like '%@role.test' order by email"
    )
    assert found == [
        ("b@role.test", "bcced"),
        ("c@role.test", "cced"),
        ("f@role.test", "sender"),
        ("t@role.test", "recipient"),
    ]


def test_a_flat_message_is_read_like_the_api_s(built: Sandbox) -> None:
    found = built.query(
        "select strftime(events.occurred_at, '%H:%M'), event_description from events "
        "join person_participants on events.id = event_id join persons using (person_id) "
        "where email = 'x@flat.test'"
    )
    assert found == [("03:04", "Email: Hello")]
    assert built.query("select name, event_count from persons where email = 'flo@flat.test'") == [
        ("Flo", 2)
    ]


def test_a_mail_provider_s_domain_is_no_group(built: Sandbox) -> None:
    assert built.query("select 1 from persons where email = 'someone@gmail.com'") == [(1,)]
    assert built.query("select 1 from groups where domain = 'gmail.com'") == []
    assert built.query("select 1 from groups where domain = 'sender.test'") == [(1,)]


def test_bulk_mail_is_told_apart(built: Sandbox) -> None:
    assert built.query("select source_record_id from gmail_events where is_bulk") == [("bulk",)]


# Shopify


@pytest.mark.parametrize("kind", PARTNER_TYPES)
def test_each_type_of_partner_event(built: Sandbox, kind: str) -> None:
    found = built.query(
        "select shop_id, value, value_unit, event_name from shopify_partner_events "
        "where upper(event_name) = ? and shop_id in ('1001', '1002') order by shop_id",
        kind,
    )
    assert [(row[0], row[3]) for row in found] == [("1001", kind.lower()), ("1002", kind.lower())]
    has_money = not kind.startswith("RELATIONSHIP")
    assert [(row[1], row[2]) for row in found[:1]] == [(12.5, "EUR") if has_money else (None, None)]
    assert found[1][1:3] == (12.5, "EUR")


def test_flat_events_without_an_id_are_told_apart(built: Sandbox) -> None:
    assert built.query(
        "select shop_id from shopify_partner_events where shop_id in ('1005', '1006') order by 1"
    ) == [("1005",), ("1006",)]


def test_an_empty_list_is_an_empty_charge(built: Sandbox) -> None:
    found = built.query("select value from shopify_partner_events where shop_id = '1007'")
    assert found == [(12.5,)], "the flat fields tell it"


def test_a_shop_is_one_group_in_all_sources(built: Sandbox) -> None:
    found = built.query(
        "select name, domain, shop_id, myshopify_domain, event_count from groups "
        "where shop_id = '1001'"
    )
    assert found == [
        ("Shop 1001", "shop1001.test", "1001", "shop-1001.myshopify.com", len(PARTNER_TYPES) + 2)
    ]


def test_a_shop_is_created_once_and_then_updated(built: Sandbox) -> None:
    events = (
        "select event_name, strftime(events.occurred_at, '%Y-%m-%d') from events "
        "join group_participants as participants on events.id = participants.event_id "
        "join groups using (group_id) "
        "where events.source = 'gadget' and shop_id = ? order by events.occurred_at"
    )
    assert built.query(events, "1001") == [
        ("shop_created", "2020-01-01"),
        ("shop_updated", "2025-01-01"),
    ]
    assert built.query(events, "2002") == [("shop_created", "2020-01-01")]


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("group_traits", "trait_name = 'plan' and identifier_value = '1001'"),
        ("person_traits", "trait_name = 'name' and identifier_type = 'email'"),
        ("membership_identifiers", "role = 'owner'"),
    ],
)
def test_a_shop_s_record_tells_of_its_own_time(built: Sandbox, table: str, told: str) -> None:
    """The first version is the shop's creation, years before; what it says is of the version."""
    found = built.query(
        f"select distinct strftime(occurred_at, '%Y-%m-%d') from {table} where {told} "
        "and event_id in (select id from gadget_events where shop_id = '1001') order by 1"
    )
    assert found == [("2024-06-01",), ("2025-01-01",)]


def test_each_owner_of_a_shop_is_a_member(built: Sandbox) -> None:
    """A new owner is another person, though the shop keeps its telephone."""
    found = built.query(
        "select person_name, role from memberships where group_name = 'Shop 1001' "
        "and source = 'gadget' order by person_name"
    )
    assert [role for _, role in found] == ["owner", "owner"]
    owners = built.query(
        "select identifiers from persons where identifiers like '%owner@shop1001.test%'"
    )
    assert sorted(json.loads(identifiers)["email"] for (identifiers,) in owners) == [
        ["new.owner@shop1001.test"],
        ["owner@shop1001.test"],
    ]
