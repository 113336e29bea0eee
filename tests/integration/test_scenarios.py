"""Raw rows to the final tables: each test looks at one thing that one shared build shows."""

from __future__ import annotations

import json

import pytest

from conftest import Sandbox
from scenarios import GADGET, GMAIL, LANDED, LAST, LONG, MANUAL, PARTNER


def person_of(built: Sandbox, value: str) -> str:
    [(person_id,)] = built.query(
        "select person_id from resolved_person_identifiers where identifier_value = ?", value
    )
    return str(person_id)


# Identity


def test_a_chain_of_2000_identifiers_is_one_person(built: Sandbox) -> None:
    [(persons, identifiers)] = built.query(
        "select count(distinct person_id), count(*) from resolved_person_identifiers "
        "where identifier_type = 'chain_id'"
    )
    assert (persons, identifiers) == (1, 2000)


def test_a_hub_with_5000_leaves_is_one_person(built: Sandbox) -> None:
    [(persons, identifiers)] = built.query(
        "select count(distinct person_id), count(*) from resolved_person_identifiers "
        "where identifier_type in ('hub_id', 'leaf_id')"
    )
    assert (persons, identifiers) == (1, 5001)


def test_case_makes_no_difference_to_an_email(built: Sandbox) -> None:
    assert person_of(built, "alice-1") == person_of(built, "alice-2")
    assert built.query(
        "select raw_value from person_identifiers "
        "where identifier_value = 'alice@x.test' order by raw_value"
    ) == [("Alice@X.test",), ("alice@x.test",)]


def test_spelling_makes_no_difference_to_a_phone(built: Sandbox) -> None:
    assert person_of(built, "phone-1") == person_of(built, "phone@spelling.test")


def test_a_person_id_is_the_key_of_the_oldest_identifier(built: Sandbox) -> None:
    found = built.query(
        "select identifier_value, person_id = identifier_key from resolved_person_identifiers "
        "where identifier_value like '%@oldest.test' order by identifier_value"
    )
    assert found == [("aa@oldest.test", False), ("zz@oldest.test", True)]
    assert person_of(built, "aa@oldest.test") == person_of(built, "zz@oldest.test")


def test_each_edge_has_the_provenance_of_its_first_sighting(built: Sandbox) -> None:
    edges = built.query(
        "select edges.identifier_type_a, edges.identifier_value_a, edges.identifier_value_b, "
        "edges.is_active, edges.occurred_at = events.occurred_at and edges.source = events.source "
        "from person_identifier_edges as edges join events on edges.event_id = events.id "
        "where edges.identifier_value_b = 'alice-1'"
    )
    assert edges == [("email", "alice@x.test", "alice-1", True, True)]


# Versions of a row


def test_what_a_superseded_version_said_is_retracted(built: Sandbox) -> None:
    found = built.query(
        "select identifier_value from resolved_person_identifiers "
        "where identifier_value like '%@corrected.test' order by 1"
    )
    assert found == [("kept@corrected.test",), ("right@corrected.test",)]


def test_what_both_versions_say_stays(built: Sandbox) -> None:
    assert person_of(built, "kept@corrected.test") == person_of(built, "kept-1")


def test_the_same_content_again_is_no_new_row(built: Sandbox) -> None:
    found = built.query(
        "select strftime(synced_at, '%Y-%m-%dT%H:%M:%SZ') from manual_events_raw "
        "where id = 'repeated'"
    )
    assert found == [(LANDED,)]
    assert built.query("select count(*) from manual_events_raw where synced_at = ?", LAST) == [(0,)]


# Traits and memberships


def test_the_latest_value_of_a_trait_survives(built: Sandbox) -> None:
    [(name, traits)] = built.query("select name, traits from persons where email = 't@trait.test'")
    assert name == "New"
    assert json.loads(traits) == {"city": "Rome", "name": "New"}


def test_a_trait_s_history_can_be_read_as_intervals(built: Sandbox) -> None:
    found = built.query(
        "select trait_value, strftime(valid_from, '%Y-%m-%d'), strftime(valid_to, '%Y-%m-%d') "
        "from person_trait_history where person_id = ? and trait_name = 'name' order by valid_from",
        person_of(built, "t@trait.test"),
    )
    assert found == [("Old", "2025-01-01", "2025-02-01"), ("New", "2025-02-01", None)]


def test_one_person_and_one_group_imply_a_membership(built: Sandbox) -> None:
    found = built.query(
        "select person_name, role from memberships where group_name = 'implied.test'"
    )
    assert found == [("i@implied.test", None)]
    assert built.query("select * from memberships where group_name = 'ambiguous.test'") == []


def test_a_membership_told_without_a_role_changes_none(built: Sandbox) -> None:
    found = built.query(
        "select person_name, role, "
        "strftime(first_seen_at, '%Y-%m'), strftime(last_seen_at, '%Y-%m') "
        "from memberships where group_name = 'Explicit'"
    )
    assert found == [("b@explicit.test", "owner", "2025-01", "2025-02")]


# Identifiers and fields that are odd


def test_an_invalid_identifier_is_counted_and_not_resolved(built: Sandbox) -> None:
    rejected = built.query(
        "select identifier_type, raw_value from rejected_identifiers as rejected "
        "join manual_events as events on rejected.event_id = events.id "
        "where events.source_record_id = 'invalid' order by 1"
    )
    assert rejected == [("email", "not an address"), ("phone", "12")]
    [(identifiers,)] = built.query(
        "select identifiers from persons where email = 'ok@invalid.test'"
    )
    assert json.loads(identifiers) == {"email": ["ok@invalid.test"]}
    assert rejected_of(built, "manual", "long") == [("user_id", LONG)]


def test_an_unknown_field_is_kept_and_harms_nothing(built: Sandbox) -> None:
    [(record,)] = built.query("select record from manual_events_raw where id = 'unknown-field'")
    assert json.loads(record)["plan"] == {"nested": [1, {"deep": None}]}
    assert person_of(built, "u@unknown.test")


def test_an_event_of_nobody_is_an_event(built: Sandbox) -> None:
    [(event_id,)] = built.query("select id from manual_events where source_record_id = 'no-one'")
    assert built.query("select count(*) from events where id = ?", event_id) == [(1,)]


# Fields that came, went, or changed their type


def rejected_of(built: Sandbox, source: str, key: str) -> list[tuple[str, str]]:
    found = built.query(
        "select identifier_type, raw_value from rejected_identifiers as rejected "
        f"join {source}_events as events on rejected.event_id = events.id "
        "where source_record_id = ? order by 1",
        key,
    )
    return [(kind, value) for kind, value in found]


def test_a_number_and_its_text_are_one_identifier(built: Sandbox) -> None:
    assert person_of(built, "n@retyped.test") == person_of(built, "t@retyped.test")


def test_an_object_in_place_of_an_identifier_is_rejected_and_joins_nobody(built: Sandbox) -> None:
    assert rejected_of(built, "manual", "object") == [("user_id", '{"id":1}')]
    home = ("email", '{"home":"so@retyped.test"}')
    assert rejected_of(built, "manual", "same-object") == [home, ("user_id", '{"id":1}')]
    assert built.query("select event_count from persons where email = 'o@retyped.test'") == [(1,)]


def test_a_trait_of_any_type_is_text_and_one_that_is_gone_survives(built: Sandbox) -> None:
    [(traits,)] = built.query("select traits from persons where email = 'a@added.test'")
    assert json.loads(traits) == {"age": "8", "plan": '{"tier":"pro"}'}


def test_fields_of_a_shop_that_changed_are_rejected_kept_as_text_or_in_raw(built: Sandbox) -> None:
    key = "3003-2025-02-02T00:00:00Z"
    assert rejected_of(built, "gadget", key) == [
        ("domain", '["3.test"]'),
        ("email", '["x@three.test"]'),
    ]
    [(traits, domain)] = built.query("select traits, domain from groups where shop_id = '3003'")
    assert domain == "three.test"
    assert json.loads(traits)["name"] == '{"en":"Three"}'
    assert json.loads(traits)["plan"] == "3"
    [(record,)] = built.query("select record from gadget_shops_raw where id = ?", key)
    assert json.loads(record)["brandNew"] == {"kept": True}
    assert built.query("select email, event_count from persons where email = 't@three.test'") == [
        ("t@three.test", 1)
    ]


def test_a_list_in_place_of_a_mail_header_is_rejected(built: Sandbox) -> None:
    assert rejected_of(built, "gmail", "listed") == [("email", '["t@listed.test"]')]


def test_an_amount_without_its_currency_is_an_amount(built: Sandbox) -> None:
    assert built.query(
        "select value, value_unit from shopify_partner_events where shop_id = '1004'"
    ) == [(7, "EUR")]


# Dead letters


def test_each_row_that_can_t_be_processed_is_a_dead_letter_with_its_reason(built: Sandbox) -> None:
    found = built.query(
        "select source, reason, count(*), count(payload), count(source_key), "
        "count(*) filter (where stage = 'parse') from dead_letters group by all order by all"
    )
    expected = {
        ("gadget", "invalid_timestamp"): 1,
        ("gadget", "malformed_json"): 1,
        ("gadget", "missing_key"): 1,
        ("gmail", "invalid_timestamp"): 1,
        ("gmail", "malformed_json"): 1,
        ("gmail", "missing_key"): 1,
        ("gmail", "unparsable_address"): 1,
        ("manual", "invalid_number"): 1,
        ("manual", "invalid_timestamp"): 2,
        ("manual", "malformed_json"): 3,
        ("manual", "missing_key"): 5,
        ("manual", "too_many_identifiers"): 1,
        ("manual", "unexpected_type"): 4,
        ("shopify_partner", "invalid_number"): 1,
        ("shopify_partner", "invalid_timestamp"): 1,
        ("shopify_partner", "malformed_json"): 1,
        ("shopify_partner", "missing_key"): 3,
        ("shopify_partner", "unexpected_type"): 1,
        ("shopify_partner", "unknown_event_type"): 1,
    }
    assert {(row[0], row[1]): row[2] for row in found} == expected
    assert all(row[2] == row[3] == row[4] == row[5] for row in found)


def test_a_row_of_a_crowd_joins_nobody(built: Sandbox) -> None:
    assert (
        built.query(
            "select * from resolved_person_identifiers where identifier_value like '%@crowd.test'"
        )
        == []
    )


@pytest.mark.parametrize(
    ("source", "landed"),
    [
        ("manual", len(MANUAL) - 1),
        ("gmail", len(GMAIL)),
        ("shopify_partner", len(PARTNER)),
        ("gadget", len(GADGET)),
    ],
)
def test_every_row_is_an_event_a_version_or_a_dead_letter(
    built: Sandbox, source: str, landed: int
) -> None:
    [(events,)] = built.query("select count(*) from events where source = ?", source)
    [(dead,)] = built.query("select count(*) from dead_letters where source = ?", source)
    superseded_or_copies = {"manual": 2, "gmail": 1, "gadget": 1}.get(source, 0)
    assert events + dead + superseded_or_copies == landed
