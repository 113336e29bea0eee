"""Address headers against a table of cases and against Python's own parser."""

import re
from collections.abc import Iterable
from email.header import Header, decode_header
from email.utils import getaddresses

import pytest
from engines import Engine
from hypothesis import given
from hypothesis import strategies as st

Address = tuple[str | None, str]

CASES: list[tuple[str | None, list[Address]]] = [
    (None, []),
    ("", []),
    (" \t", []),
    ("j@x.com", [(None, "j@x.com")]),
    ("<j@x.com>", [(None, "j@x.com")]),
    (" Jane Doe  <j@x.com> ", [("Jane Doe", "j@x.com")]),
    ("Jane\t \r\n Doe <j@x.com>,\r\n\tb@y.com", [("Jane Doe", "j@x.com"), (None, "b@y.com")]),
    ("Jürgen 日本 <jürgen@münchen.de>", [("Jürgen 日本", "jürgen@münchen.de")]),
    # Quotes.
    ('"Doe, Jane" <j@x.com>, Bob <b@y.com>', [("Doe, Jane", "j@x.com"), ("Bob", "b@y.com")]),
    (r'"J \"Q\" D" <j@x.com>', [('J "Q" D', "j@x.com")]),
    (r'"a\\" <a@x.com>, "b" <b@x.com>', [("a\\", "a@x.com"), ("b", "b@x.com")]),
    ('"<a@x.com>, (b; c:" <d@x.com>', [("<a@x.com>, (b; c:", "d@x.com")]),
    ('"Jane" Q. "Doe" <j@x.com>', [("Jane Q. Doe", "j@x.com")]),
    ('"john doe"@x.com, b@y.com', [(None, '"john doe"@x.com'), (None, "b@y.com")]),
    ('J <"a, <b>; (c"@x.com>', [("J", '"a, <b>; (c"@x.com')]),
    ("'Jane' <j@x.com>", [("Jane", "j@x.com")]),
    ("\"'Doe, Jane'\" <j@x.com>", [("Doe, Jane", "j@x.com")]),
    ("Pat O'Neil' <p@x.com>", [("Pat O'Neil'", "p@x.com")]),
    ('"" <j@x.com>', [(None, "j@x.com")]),
    ("' ' <j@x.com>", [(None, "j@x.com")]),
    ("' j@x.com ' <j@x.com>", [(None, "j@x.com")]),
    # Comments.
    ("a@x.com (Comment)", [("Comment", "a@x.com")]),
    ("(Comment) a@x.com", [("Comment", "a@x.com")]),
    ("<a@x.com> (Comment)", [("Comment", "a@x.com")]),
    ("Jane (Work) <a@x.com>", [("Jane (Work)", "a@x.com")]),
    ('Jane ("J") <a@x.com>', [('Jane ("J")', "a@x.com")]),
    ("(A) Jane (B) <a@x.com>", [("(A) Jane (B)", "a@x.com")]),
    ('"(Jane)" <a@x.com>', [("(Jane)", "a@x.com")]),
    ("Jane <a@x.com> (Work)", [("Jane (Work)", "a@x.com")]),
    ("a@x.com (a, <b@y.com>; (c (d)))", [("a, <b@y.com>; (c (d))", "a@x.com")]),
    (r"a@x.com (a \) , b)", [("a ) , b", "a@x.com")]),
    ('a@x.com (Jane "JD" Doe)', [('Jane "JD" Doe', "a@x.com")]),
    ('"(x)"@x.com (Comment)', [("Comment", '"(x)"@x.com')]),
    ("<a@x.com (Comment)>", [(None, "a@x.com")]),
    # Encoded words: split first, decode after.
    ("=?UTF-8?B?SsO8cmdlbg==?= <j@x.com>", [("Jürgen", "j@x.com")]),
    ("=?utf-8?Q?Doe=2C_J=22=5C?= <j@x.com>, b@x", [('Doe, J"\\', "j@x.com"), (None, "b@x")]),
    ('=?utf-8?Q?Doe,_<"a:;(>?= <j@x.com>', [('Doe, <"a:;(>', "j@x.com")]),
    ('"=?utf-8?Q?J=C3=BC?=" <j@x.com>', [("Jü", "j@x.com")]),
    ("a@x.com (=?utf-8?Q?J=C3=BC?=)", [("Jü", "a@x.com")]),
    ("=?utf-8?Q?J=C3?=\r\n =?utf-8?Q?=BC?= <j@x.com>", [("Jü", "j@x.com")]),
    ("=?utf-8?Q?j=40x.com?= <j@x.com>", [(None, "j@x.com")]),
    ("=?big5?Q?a,b?= <j@x.com>", [("=?big5?Q?a,b?=", "j@x.com")]),
    ('=?utf-8?Q?a_"b"_(c)?= <j@x.com>', [('a "b" (c)', "j@x.com")]),
    # Names that are an address, or a list's.
    ("Jane via Group <g@googlegroups.com>", [(None, "g@googlegroups.com")]),
    ("'Jane' via Group <g@googlegroups.com>", [(None, "g@googlegroups.com")]),
    ("\"'Jane' via Group\" <g@googlegroups.com>", [(None, "g@googlegroups.com")]),
    ("=?utf-8?Q?J=C3=BC_via_Group?= <g@googlegroups.com>", [(None, "g@googlegroups.com")]),
    ("Octavia Viaduct <o@x.com>", [("Octavia Viaduct", "o@x.com")]),
    ('"a@x.com" <b@y.com>', [(None, "b@y.com")]),
    ("'a@x.com' <b@y.com>", [(None, "b@y.com")]),
    ("a@x.com <a@x.com>", [(None, "a@x.com")]),
    # Groups.
    ("Team: a@x.com, b@y.com;", [(None, "a@x.com"), (None, "b@y.com")]),
    ('"A, B": a@x.com; J <b@y.com>', [(None, "a@x.com"), ("J", "b@y.com")]),
    ("A: a@x.com; , b@y.com", [(None, "a@x.com"), (None, "b@y.com")]),
    ("c@x.com, A:;, B: a@x.com;", [(None, "c@x.com"), (None, "a@x.com")]),
    ("undisclosed-recipients:;", []),
    ("Undisclosed recipients: (none);", []),
    ("<Undisclosed-Recipient:;>", []),
    ("=?utf-8?Q?a:_b?= <j@x.com>", [("a: b", "j@x.com")]),
    ("j@[IPv6:2001:db8::1]", [(None, "j@[IPv6:2001:db8::1]")]),
    ("mailto:a@x.com", [(None, "a@x.com")]),
    # Separators.
    ("a@x.com,, b@y.com,", [(None, "a@x.com"), (None, "b@y.com")]),
    (" , ;a@x.com;;", [(None, "a@x.com")]),
    ("Doe <a@x.com>; J <b@y.com>; c@x", [("Doe", "a@x.com"), ("J", "b@y.com"), (None, "c@x")]),
    # What is not well-formed.
    ("Mail Delivery Subsystem", [(None, "Mail Delivery Subsystem")]),
    ("Mail (see a@x.com) , b@x", [(None, "Mail (see a@x.com)"), (None, "b@x")]),
    ("Jane <jane>", [(None, "Jane <jane>")]),
    ("<>", [(None, "<>")]),
    ("Jane <j@x.com", [("Jane", "j@x.com")]),
    ("Jane <j@x.com, Bob <b@y.com>", [("Jane", "j@x.com"), ("Bob", "b@y.com")]),
    ("<a@x.com; b@y.com>", [(None, "a@x.com"), (None, "b@y.com")]),
    ("Jane <Sales> <j@x.com>", [("Jane <Sales>", "j@x.com")]),
    ('Jane "JD <j@x.com>, b@x', [('Jane "JD', "j@x.com"), (None, "b@x")]),
    ("Jane ( <j@x.com>, b@x", [("Jane (", "j@x.com"), (None, "b@x")]),
]

# Python's parser and this one agree on these. It reads some of CASES otherwise.
WELL_FORMED = [
    "j@x.com",
    "j.doe+tag@mail.x.co.uk, b_b@y.com",
    "<j@x.com>,<b@y.com>",
    "Jane <j@x.com>, Bob B. Builder <b@y.com>, c@z.com",
    '"Doe, Jane" <j@x.com>, "Builder, Bob" <b@y.com>',
    '"Doe, Jane" <j@x.com>,\r\n\t"Builder; <Bob>" <b@y.com>,\r\n c@z.com',
    r'"J \"Q\" D" <j@x.com>, "back\\slash" <b@y.com>',
    '"john doe"@x.com, "a,b"@y.com',
    '"a:b" <j@x.com>, "(c)" <c@z.com>',
    "Jane's Shop <j@x.com>",
    "'Jane' <j@x.com>",
    "j@x.com (Jane)",
    "j@x.com (Doe, Jane), b@y.com (Bob; <b@z.com>)",
    r"j@x.com (Jane \(Doe)",
    "Team: j@x.com, Bob <b@y.com>;",
    '"Team, A": j@x.com;, c@z.com',
    "A: j@x.com;, B: b@y.com;",
    "c@z.com, undisclosed-recipients:;",
    "=?UTF-8?B?SsO8cmdlbg==?= <j@x.com>, =?utf-8?Q?Bob=2C_B=2E?= <b@y.com>",
    "=?utf-8?Q?J=C3=BCrgen?= Doe <j@x.com>",
    "=?utf-8?Q?J=C3=BCrgen?= =?utf-8?Q?_Doe?= <j@x.com>",
    "=?iso-8859-1?Q?Ren=E9?= =?utf-8?B?IMOJ?= <r@x.com>",
    '"=?utf-8?Q?J=C3=BCrgen?=" <j@x.com>',
    "Jane via Group <g@googlegroups.com>",
    "Jürgen <jürgen@münchen.de>",
    "Jane Doe<j@x.com>",
    "J. Doe <j@x.com>",
]


def parse(engine: Engine, headers: Iterable[str | None]) -> list[list[Address]]:
    headers = list(headers)
    engine.table("headers", ["id", "header"], list(enumerate(headers)))
    senders, recipients = (
        engine.render("parse_addresses", "headers", ["id", f"'{role}' as role"], "header")
        for role in ("sender", "recipient")
    )
    rows = engine.execute(
        "select cast(id as integer), role, position, name, raw_address "
        f"from ({senders} union all {recipients}) as parsed "
        "order by role, cast(id as integer), position"
    )
    found: dict[str, list[list[Address]]] = {
        role: [[] for _ in headers] for role in ("sender", "recipient")
    }
    for id_, role, position, name, raw_address in rows:
        assert position == len(found[role][id_])
        found[role][id_].append((name, raw_address))
    assert found["sender"] == found["recipient"]
    return found["sender"]


@pytest.mark.parametrize(("header", "expected"), CASES)
def test_a_header_is_parsed(engine: Engine, header: str | None, expected: list[Address]) -> None:
    assert parse(engine, [header]) == [expected]


def test_every_row_of_a_table_gets_its_own_addresses(engine: Engine) -> None:
    assert (
        parse(engine, [header for header, _ in CASES] * 50)
        == [expected for _, expected in CASES] * 50
    )


def python_parse(header: str) -> list[Address]:
    """What Python makes of it, with the same rules for what counts as a name."""
    addresses: list[Address] = []
    for text, address in getaddresses([header]):
        decoded = "".join(
            part if isinstance(part, str) else part.decode(charset or "ascii")
            for part, charset in decode_header(text)
        )
        name = re.sub(r"^'+(.*?)'+$", r"\1", " ".join(decoded.split())).strip()
        is_owners = name and " via " not in name and not re.fullmatch(r"\S+@\S+", name)
        if address:
            addresses.append((name if is_owners else None, address))
    return addresses


@pytest.mark.parametrize("header", WELL_FORMED)
def test_python_parses_the_same(engine: Engine, header: str) -> None:
    assert parse(engine, [header]) == [python_parse(header)]


ATOMS = st.text(st.sampled_from("abzJQ01éß日'&*+-/_~"), min_size=1, max_size=6)
SPACES = st.sampled_from([" ", "  ", "\t", "\r\n "])
ADDRESSES = st.builds(
    "{}@{}.{}".format,
    st.lists(ATOMS, min_size=1, max_size=2).map(".".join),
    st.text(st.sampled_from("ax0-"), min_size=1),
    st.sampled_from(["com", "co.uk"]),
)
WORDS = st.text(st.sampled_from("aé日 ,;:<>()@'.\"\\"), min_size=1).filter(str.strip)
QUOTED = WORDS.map(lambda text: '"' + re.sub(r'(["\\])', r"\\\1", text) + '"')
COMMENTS = WORDS.map(lambda text: "(" + re.sub(r"([()\\])", r"\\\1", text) + ")")
ENCODED = st.builds(
    lambda text, charset: Header(text, charset, maxlinelen=30).encode(linesep="\r\n"),
    st.text(st.sampled_from("aZé ,;:<>()@'.\"\\_=?"), min_size=1, max_size=40).filter(str.strip),
    st.sampled_from(["utf-8", "iso-8859-1"]),
)
PHRASES = st.builds(
    lambda words, space: space.join(words),
    st.lists(st.one_of(ATOMS, QUOTED), min_size=1, max_size=3) | ENCODED.map(lambda word: [word]),
    SPACES,
)
MAILBOXES = st.one_of(
    ADDRESSES,
    st.builds("{}{}".format, ADDRESSES, COMMENTS.map(" {}".format)),
    st.builds("{}{}<{}>".format, PHRASES, SPACES, ADDRESSES),
)
LISTS = st.builds(
    lambda items, separator: separator.join(items),
    st.lists(MAILBOXES, min_size=1, max_size=4),
    st.sampled_from([",", ", ", ",\r\n\t"]),
)
HEADERS = st.lists(
    LISTS | st.builds("{}: {};".format, st.sampled_from(["Team", '"A, B"']), LISTS), min_size=1
).map(", ".join)


@given(st.lists(HEADERS, min_size=1, max_size=3))
def test_python_parses_any_well_formed_header_the_same(engine: Engine, headers: list[str]) -> None:
    assert parse(engine, headers) == [python_parse(header) for header in headers]


@given(st.lists(st.text(st.sampled_from("ab@,;:<>()[]\"\\ \n=?qé'.")), min_size=1))
def test_no_text_is_an_error_or_gives_a_blank_address(engine: Engine, texts: list[str]) -> None:
    for addresses in parse(engine, texts):
        assert all(raw_address.strip() for _, raw_address in addresses)


@given(st.lists(st.text(st.sampled_from("ab@,;:<>)[]\\ \né'.")), min_size=1))
def test_an_entry_does_not_spoil_the_next(engine: Engine, texts: list[str]) -> None:
    parsed = parse(engine, [f"{text}, Bob <b@y.com>" for text in texts])
    assert [addresses[-1] for addresses in parsed] == [("Bob", "b@y.com")] * len(texts)


def test_all_addresses_of_a_long_header_are_found(engine: Engine) -> None:
    header = ", ".join(f'"Doe, Jane" <jane{number}@example.com>' for number in range(5000))
    assert parse(engine, [header]) == [
        [("Doe, Jane", f"jane{number}@example.com") for number in range(5000)]
    ]
