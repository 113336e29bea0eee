"""Identifiers in their normalised form: what is one identifier, and what is none."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from pathlib import Path

import idna
import phonenumbers
import pytest
from engines import Engine
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from scripts import phone_seed


@pytest.fixture(scope="module")
def warehouse(engine: Engine) -> Engine:
    """The engine, with the seed that phones are read by."""
    with phone_seed.SEED.open(encoding="utf-8") as file:
        names, *rows = csv.reader(file)
    filled = [[value or None for value in row] for row in rows]
    engine.table("phone_regions_text", names, filled)
    columns = (
        f"cast({name} as boolean) as {name}" if name == "is_main" else name for name in names
    )
    engine.execute("drop table if exists phone_regions")
    kind = "temporary table" if engine.dialect == "postgres" else "table"
    engine.execute(
        f"create {kind} phone_regions as select {', '.join(columns)} from phone_regions_text"
    )
    return engine


def normalized(
    warehouse: Engine, kind: str, texts: list[str], **variables: object
) -> dict[str, str | None]:
    """What each text is as an identifier of this type, by the project's own SQL."""
    warehouse.table("spelled", ["identifier_type", "raw_value"], [[kind, text] for text in texts])
    sql = warehouse.render("normalize_identifiers", "spelled", **variables)
    rows = warehouse.execute(f"select raw_value, identifier_value from ({sql}) as t")
    assert len(rows) == len(texts)
    return dict(rows)


EMAILS = {
    "ann@x.com": "ann@x.com",
    "Alice@X.test": "alice@x.test",
    "\u00a0 ann@x.com\u200b\n": "ann@x.com",
    "mailto:Ann@X.com": "ann@x.com",
    "<ann@x.com>": "ann@x.com",
    "ann@x.com.": "ann@x.com",
    "ann+news@gmail.com": "ann+news@gmail.com",
    "o'neill@x.com": "o'neill@x.com",
    "jose\u0301@x.com": "josé@x.com",
    "ANN@BÜCHER.example": "ann@bücher.example",
    "ann@xn--bcher-kva.example": "ann@bücher.example",
    "": None,
    "ann": None,
    "ann@x": None,
    "@x.com": None,
    "ann@": None,
    "a b@x.com": None,
    "a@b@x.com": None,
    "a,b@x.com": None,
    '"a b"@x.com': None,
    "a@-x.com": None,
    "a@x..com": None,
    "a@127.0.0.1": None,
    "a@x_y.com": None,
    "a" * 65 + "@x.com": None,
}
DOMAINS = {
    "X.com": "x.com",
    "www.x.com": "x.com",
    "www.com": "www.com",
    "x.com.": "x.com",
    "https://user.Shop.example:8080/a?b#c": "user.shop.example",
    "xn--bcher-kva.example": "bücher.example",
    "BÜCHER.example": "bücher.example",
    "xn--r8jz45g.xn--zckzah": "例え.テスト",
    "xn--not!.com": None,
    "localhost": None,
    "a_b.com": None,
    "ann@x.com": None,
    "10.0.0.1": None,
}
SHOPIFY = {
    ("shop_id", "gid://partners/Shop/1234"): "1234",
    ("shop_id", "gid://shopify/Shop/1234"): "1234",
    ("shop_id", " 1234 "): "1234",
    ("shop_id", "shop-1234"): None,
    ("shop_id", "gid://shopify/Customer/1234"): None,
    ("myshopify_domain", "Acme.myshopify.com"): "acme.myshopify.com",
    ("myshopify_domain", "https://acme.myshopify.com/admin"): "acme.myshopify.com",
    ("myshopify_domain", "acme.com"): None,
    ("user_id", " Ab-42 "): "Ab-42",
    ("user_id", "  "): None,
}
PHONES = {
    "+1 (415) 555-0100": "+14155550100",
    "14155550100": "+14155550100",
    "(415) 555-0100": "+14155550100",
    "415.555.0100 ext. 22": "+14155550100",
    "tel:+1-415-555-0100;ext=3": "+14155550100",
    "011 44 20 7946 0018": "+442079460018",
    "0044 20 7946 0018": "+442079460018",
    "+44 (0)20 7946 0018": "+442079460018",
    "+39 06 1234 5678": "+390612345678",
    "＋１ ４１５ ５５５ ０１００": "+14155550100",
    "+1\u2011415\u2011555\u20110100": "+14155550100",
    "12": None,
    "call me": None,
    "+999 123 4567": None,
    "415 555 0100 / 415 555 0101": None,
    "": None,
}


def test_emails(warehouse: Engine) -> None:
    assert normalized(warehouse, "email", list(EMAILS)) == EMAILS


def test_gmail_spellings_are_one_mailbox_if_asked_for(
    warehouse: Engine,
) -> None:
    expected = {
        "A.nn+news@Gmail.com": "ann@gmail.com",
        "ann@googlemail.com": "ann@gmail.com",
        "+@gmail.com": None,
        "Ann <ann@gmail.com>": None,
        "a b@gmail.com": None,
        "a.nn+news@x.com": "a.nn+news@x.com",
    }
    found = normalized(warehouse, "email", list(expected), gmail_canonical=True)
    assert found == expected


def test_domains(warehouse: Engine) -> None:
    assert normalized(warehouse, "domain", list(DOMAINS)) == DOMAINS


def test_shopify_ids_and_open_types(warehouse: Engine) -> None:
    for (kind, text), expected in SHOPIFY.items():
        assert normalized(warehouse, kind, [text]) == {text: expected}


def test_phones(warehouse: Engine) -> None:
    assert normalized(warehouse, "phone", list(PHONES)) == PHONES


def test_phones_of_another_default_region(warehouse: Engine) -> None:
    expected = {
        "020 7946 0018": "+442079460018",
        "442079460018": "+442079460018",
        "00 1 415 555 0100": "+14155550100",
    }
    found = normalized(warehouse, "phone", list(expected), default_phone_region="GB")
    assert found == expected


def test_international_domains_are_as_the_idna_library_has_them(
    warehouse: Engine,
) -> None:
    dice = random.Random(1)
    alphabets = ("abcxyz09", "äöüßéèñç", "абвгдежз", "αβγδεζ", "日本語中文字", "กขคงจ", "אבגדה")
    domains = set()
    for _ in range(500):
        letters = dice.choice(alphabets) + dice.choice(alphabets[:1])
        label = "".join(dice.choices(letters, k=dice.randint(2, 12)))
        try:
            idna.encode(label)
        except idna.IDNAError:
            continue
        domains.add(f"{label}.example")
    encoded = {idna.encode(domain).decode(): domain for domain in domains}
    assert sum(host.startswith("xn--") for host in encoded) > 200
    assert normalized(warehouse, "domain", list(encoded)) == encoded


# Where lengths alone can't tell what the library's patterns do.
KNOWN_DIFFERENCES = ("+1310", "+375801", "+570321")
KINDS = (
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.MOBILE,
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.VOIP,
    PhoneNumberType.UAN,
)


def numbers_of_the_world() -> Iterator[PhoneNumber]:
    """Thousands of valid numbers: the library's example of each region and kind, and neighbours."""
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in KINDS:
            example = phonenumbers.example_number_for_type(region, kind)
            dice = random.Random(f"{region}{kind}")
            for _ in range(6 if example else 0):
                digits = phonenumbers.national_significant_number(example)
                digits = f"{digits[:-3]}{dice.randrange(1000):03}"
                number = phonenumbers.parse(f"+{example.country_code}{digits}")
                if phonenumbers.is_valid_number(number):
                    yield number


def spellings(number: PhoneNumber) -> Iterator[str]:
    for style in (
        PhoneNumberFormat.E164,
        PhoneNumberFormat.INTERNATIONAL,
        PhoneNumberFormat.RFC3966,
    ):
        yield phonenumbers.format_number(number, style)
    yield phonenumbers.format_out_of_country_calling_number(number, "US")
    region = phonenumbers.region_code_for_country_code(number.country_code)
    if trunk := phonenumbers.ndd_prefix_for_region(region, True):
        digits = phonenumbers.national_significant_number(number)
        yield f"+{number.country_code} ({trunk}) {digits}"
    if number.country_code == 1:
        yield phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
        yield phonenumbers.format_number(number, PhoneNumberFormat.E164)[1:]


def e164(text: str) -> str | None:
    number = phonenumbers.parse(text, "US")
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def test_phones_are_as_the_phonenumbers_library_has_them(
    warehouse: Engine,
) -> None:
    texts = {text for number in numbers_of_the_world() for text in spellings(number)}
    expected = {text: e164(text) for text in texts}
    assert len(expected) > 20_000
    found = normalized(warehouse, "phone", list(expected))
    wrong = {text for text in texts if found[text] != expected[text]}
    unexplained = {
        text for text in wrong if not (expected[text] or "").startswith(KNOWN_DIFFERENCES)
    }
    assert unexplained == set()
    assert len(wrong) < 100


def test_the_seed_is_what_the_library_says_now(tmp_path: Path) -> None:
    phone_seed.write(tmp_path / "phone_regions.csv")
    fresh = (tmp_path / "phone_regions.csv").read_text()
    assert phone_seed.SEED.read_text() == fresh, "run python scripts/phone_seed.py"
