"""The truth of generated data against a plain resolver, and what is planted against the files."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from csv import DictReader
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from generated import (
    CARRIES,
    EVENT_TYPES,
    SOURCES,
    SUBSCRIPTION,
    Identifier,
    Row,
    Sample,
    frozen,
    identifier,
    normalised,
    resolve,
)

from headless_crm.generate import MAX_PERSONS, generate
from headless_crm.generate.dice import Dice
from headless_crm.generate.phones import RANGES, SLOTS, e164, national_number, spell_phone


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("generated")
    generate(folder, 1_000, 7)
    return folder


@pytest.fixture(scope="module")
def sample(folder: Path) -> Sample:
    return Sample(folder)


# The truth


def test_truth_is_what_the_rows_connect_without_shared_identifiers(sample: Sample) -> None:
    resolved = resolve(sample.current, sample.shared)
    assert frozen(resolved) == frozen(sample.true_parts().values())


def test_every_true_part_is_found_and_only_shared_identifiers_merge_persons(
    sample: Sample,
) -> None:
    part_of = {one: at for at, part in enumerate(resolve(sample.current)) for one in part}
    merged: dict[int, set[str]] = defaultdict(set)
    for (person, _), identifiers in sample.true_parts().items():
        assert len({part_of[one] for one in identifiers}) == 1, person
        merged[part_of[next(iter(identifiers))]].add(person)
    wrong = {at for at, persons in merged.items() if len(persons) > 1}
    assert wrong
    assert wrong <= {part_of[one] for one in sample.shared}


def test_a_shared_identifier_belongs_to_several_and_is_nobodys_own(sample: Sample) -> None:
    users = Counter(identifier(line) for line in sample.truth if line["shared"] == "1")
    assert min(users.values()) > 1
    assert not users.keys() & {one for part in sample.true_parts().values() for one in part}


@pytest.mark.parametrize("reason", ["missing_key", "invalid_timestamp", "too_many_identifiers"])
@pytest.mark.parametrize("source", ["gadget", "manual"])
def test_a_reader_of_bad_rows_gets_it_wrong(sample: Sample, source: str, reason: str) -> None:
    bad = [row for row in sample.rows if row.source == source and row.reason == reason]
    assert bool(bad) == (reason in sample.planted["bad_rows"][source])
    resolved = resolve([*sample.current, *bad], sample.shared)
    assert (frozen(resolved) == frozen(sample.true_parts().values())) == (not bad)


def test_a_reader_of_corrected_versions_gets_it_wrong(sample: Sample) -> None:
    landed = [row for rows in sample.versions.values() for row in rows]
    resolved = resolve(landed, sample.shared)
    assert len(resolved) < len(sample.true_parts())


def test_the_truth_about_groups_names_what_the_rows_name(sample: Sample, folder: Path) -> None:
    named: set[Identifier] = {("domain", "acme-apps.example")}
    for row in sample.of("shopify_partner"):
        shop = row.record.get("shop", {})
        named.add(("shop_id", (shop.get("id") or row.record["shop_id"]).rsplit("/")[-1]))
        named.add(("myshopify_domain", shop.get("myshopifyDomain") or row.record["shop_domain"]))
    for row in sample.of("gadget"):
        named.add(("shop_id", row.shop["id"]))
        named.add(("myshopify_domain", row.shop["myshopifyDomain"]))
        named.add(("domain", row.shop["domain"].removeprefix("www.")))
    for row in sample.of("manual"):
        for group in row.record.get("groups", ()):
            named |= group["identifiers"].items()
    with (folder / "truth/groups.csv").open() as file:
        truth = [identifier(line) for line in DictReader(file)]
    assert sorted(truth) == sorted(named)


# What is planted


def test_the_planted_rows_are_in_the_files(sample: Sample) -> None:
    planted = sample.planted
    bad = Counter((row.source, row.reason) for row in sample.rows if row.reason)
    assert bad == Counter(
        {
            (s, reason): n
            for s, reasons in planted["bad_rows"].items()
            for reason, n in reasons.items()
        }
    )
    assert planted["rows"] == Counter(row.source for row in sample.rows)
    again: dict[str, Counter[str]] = {"duplicates": Counter(), "corrections": Counter()}
    for (source, _), rows in sample.versions.items():
        if len(rows) > 1:
            first, last = sorted(rows, key=lambda row: row.synced_at)
            assert first.synced_at < last.synced_at
            same = first.record == last.record
            again["duplicates" if same else "corrections"][source] += 1
    assert again == {name: Counter(planted[name]) for name in again}


def test_the_planted_messages_are_in_the_files(sample: Sample) -> None:
    copies: dict[Any, list[Row]] = defaultdict(list)
    for row in sample.of("gmail"):
        copies[row.header("message-id") or row.key].append(row)
    for rows in copies.values():
        assert len({row.record.get("snippet") for row in rows}) == 1
    found = Counter(
        messages_in_two_mailboxes=sum(len(rows) == 2 for rows in copies.values()),
        address_groups=0, undisclosed_recipients=0, newsletters=0,
    )  # fmt: skip
    for row, *_ in copies.values():
        to = row.header("to") or ""
        found["address_groups"] += to.startswith("Store team:")
        found["undisclosed_recipients"] += to == "undisclosed-recipients:;"
        bulk = map(row.header, ("list-unsubscribe", "list-id", "precedence", "auto-submitted"))
        found["newsletters"] += any(bulk)
    assert found == {name: sample.planted[name] for name in found}


def test_the_planted_changes_of_shops_are_in_the_files(sample: Sample) -> None:
    versions: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in sorted(sample.of("gadget"), key=lambda row: row.shop["updatedAt"]):
        versions[row.shop["id"]].append(row.shop)
    found = Counter(owner_changes=0, reinstalls=0, rebrands=0, schema_drift=0)
    for shops in versions.values():
        found["schema_drift"] += sum("reviewWidgetVersion" in shop for shop in shops)
        for old, new in pairwise(shops):
            domains = [shop["domain"].removeprefix("www.") for shop in (old, new)]
            found["owner_changes"] += old["email"].lower() != new["email"].lower()
            found["rebrands"] += domains[0] != domains[1]
            found["reinstalls"] += old["state"]["created"] == "uninstalled"
    assert found == {name: sample.planted[name] for name in found}


def test_the_planted_persons_are_in_the_truth(sample: Sample) -> None:
    own: dict[str, set[Identifier]] = defaultdict(set)
    parts = sample.true_parts()
    for (person, _), identifiers in parts.items():
        own[person] |= identifiers
    owner = {one: person for person, identifiers in own.items() for one in identifiers}
    widest: Counter[str] = Counter()  # the most identifiers of a person in one row
    for row in sample.current:
        for named in row.persons:
            for person in {owner[one] for one in named - sample.shared}:
                widest[person] = max(widest[person], len(named - sample.shared))
    local = {value.split("@")[0] for kind, value in sample.shared if kind == "email"}
    emails = [value for kind, value in sample.shared if kind == "email"]
    no_replies = sum(email.startswith(("no-reply@", "noreply@")) for email in emails)
    assert local >= {"info", "no-reply"}
    assert sample.planted["shared"] == {
        "inboxes": len(emails) - no_replies,
        "no_reply_addresses": no_replies,
        "reception_phones": len(sample.shared) - len(emails),
    }
    assert sample.planted["persons"] + sample.planted["staff"] == len(own)
    assert sample.planted["split_persons"] == len(parts) - len(own)
    assert sample.planted["chains"] == sum(
        len(identifiers) >= 4 and widest[person] == 2 for person, identifiers in own.items()
    )
    long = sum(len(identifiers) >= 20 for identifiers in own.values())
    assert sample.planted["chains_of_20_or_more"] == long == 4


# The shapes of the sources


def test_partner_events_have_the_fields_of_the_api(sample: Sample) -> None:
    assert len(EVENT_TYPES) == 21
    assert {row.record["type"] for row in sample.of("shopify_partner")} == EVENT_TYPES
    nodes = [row.record for row in sample.of("shopify_partner") if "id" not in row.record]
    assert {node["type"] for node in nodes} == EVENT_TYPES
    for node in nodes:
        event_type = node["type"]
        carried = next(c for pattern, c in CARRIES.items() if re.fullmatch(pattern, event_type))
        fields = {"type", "occurredAt", "app", "shop"} | ({carried[0]} if carried else set())
        if event_type == "RELATIONSHIP_UNINSTALLED":
            fields |= {"reason", "description"}
        assert node.keys() == fields
        assert node["app"].keys() == {"id", "name", "apiKey"}
        assert node["shop"].keys() == {"id", "name", "myshopifyDomain", "avatarUrl"}
        if carried:
            charge = node[carried[0]]
            billed = {"billingOn"} if carried == SUBSCRIPTION else set()
            assert charge.keys() == {"id", "name", "test", "amount"} | billed
            assert re.fullmatch(rf"gid://(partners|shopify)/({carried[1]})/\d+", charge["id"])
            assert re.fullmatch(r"\d+\.\d+", charge["amount"]["amount"])
            assert re.fullmatch(r"[A-Z]{3}", charge["amount"]["currencyCode"])


def test_each_source_has_its_shapes_and_spellings(sample: Sample, folder: Path) -> None:
    text = {source: (folder / f"{source}.jsonl").read_text() for source in SOURCES}
    for source, forms in {
        "shopify_partner": ['"myshopifyDomain"', '"shop_domain"', "gid://partners/Shop/"],
        "gadget": ['"record":{"id"', '"_all":{', '"state":{"created":"uninstalled"}'],
        "gmail": ['"payload":', '"recipients":"', '"recipients":["', '"Message-Id"', '"message-id"',
                  "=?UTF-8?B?", "=?utf-8?Q?", '"value":"\\"', "@acme-apps.example"],
        "manual": ['"email":["', '"phone":"(', '"phone":"+', '"memberships":[',
                   '"value_unit"'],
    }.items():  # fmt: skip
        assert [form for form in forms if form not in text[source]] == [], source
    assert re.search(r'"sender":"[^"]*","date"', text["gmail"])
    spellings: dict[Identifier, set[str]] = defaultdict(set)
    for row in sample.of("manual") + sample.of("gadget"):
        for person in row.record.get("persons", ()) or [{"identifiers": row.shop}]:
            for kind in ("email", "phone"):
                raw = person["identifiers"].get(kind)
                for one in raw if isinstance(raw, list) else [raw] if raw else []:
                    spellings[kind, normalised(kind, one)].add(one)
    assert sum(len(raws) > 1 for (kind, _), raws in spellings.items() if kind == "email") > 50
    assert sum(len(raws) > 2 for (kind, _), raws in spellings.items() if kind == "phone") > 50


@pytest.mark.parametrize("country", RANGES)
def test_phones_are_valid_and_spellings_read_back(country: str) -> None:
    dice = Dice(country)
    for _ in range(300):
        number = e164(country, national_number(country, dice.below(MAX_PERSONS), dice.below(SLOTS)))
        assert normalised("phone", spell_phone(dice, number, country)) == number
