"""One project, two warehouses: every table holds the same rows on PostgreSQL as on DuckDB."""

from __future__ import annotations

from pathlib import Path

from conftest import Sandbox, run_crm
from postgres_server import Server
from same_rows import assert_same
from scenarios import GADGET, GMAIL, LANDED, MANUAL, PARTNER, Row, gmail, manual, partner_node, shop

# Rows in which two engines would differ if it were left to them.
ODD_MANUAL: list[Row | str] = [
    # Orders by bytes: capitals before small letters, ASCII before all else.
    manual("order-1", {"email": ["b@order.test", "B2@order.test", "é@order.test", "z@order.test"]}),
    manual("order-2", {"Order_Id": ["a", "B", "_c", "ä", "Z", "-d", " 1 "], "order_id": "b"}),
    *(
        manual(
            f"order-trait-{value}",
            {
                "identifiers": {"email": "t@order.test"},
                "traits": {"name": value, "Zeta": "1", "alpha": "2", "éta": "3", "_x": "4"},
            },
        )
        for value in ("apple", "Banana", "_cherry", "Äpfel")
    ),
    *(
        manual(
            f"order-role-{role}",
            {"email": "r@order.test"},
            groups=[{"identifiers": {"domain": "order.test"}}],
            memberships=[{"person": 0, "group": 0, "role": role}],
        )
        for role in ("owner", "Admin", "_guest")
    ),
    # Letters and domains of all scripts.
    manual(
        "letters", {"email": ["ÄÖÜ@Straße.test", "J\u0065\u0301@x.test", "İ@ΑΣ.test", "Ａ@x.test"]}
    ),
    manual(
        "domains",
        groups=[
            {
                "identifiers": {
                    "domain": [
                        "xn--mnchen-3ya.test",
                        "MÜNCHEN.test",
                        "xn--a",
                        "xn--wgv71a119e.jp",
                        "xn--999999999b.test",
                    ]
                }
            }
        ],
    ),
    manual("spaces", {"email": "\u00a0\u200bs@space.test\ufeff", "user_id": "\t7\u2003"}),
    manual(
        "\u3000spaces-around\u00a0",
        {
            "identifiers": {"user_id\u00a0": "8", "email": "around@space.test"},
            "traits": {"name": "\u00a0Ann\u3000", "city": "\u2003"},
        },
        groups=[{"identifiers": {"domain": "space.test"}}],
        memberships=[{"person": 0, "group": 0, "role": "\u00a0owner"}],
        event_name="\u2003spaced",
        value="\u00a0",
    ),
    manual("no-name-but-space", event_name="\u00a0"),
    # Numbers, texts and whole objects where a scalar is expected.
    *(
        manual(f"value-{at}", value=value)
        for at, value in enumerate(
            [
                12.5,
                12.50,
                1e3,
                1e22,
                1e-7,
                0.1,
                -0.0,
                10**19,
                "12,5",
                " 7 ",
                "NaN",
                "0x1F",
                "1_000",
                True,
                {"a": [1, 2.50, 'é"\\\n\u001f/']},
                None,
                "0.0000000005",
                "1e40",
                "1.5_5",
                "1e0001",
                5.6e-17,
            ]
        )
    ),
    *(
        manual(f"id-{at}", {"user_id": value})
        for at, value in enumerate(
            [7, 7.0, 7.50, 1e21, 123456789012345678901, True, [1, [2, {"b": 1.50}]], {"c": "x y"}]
        )
    ),
    manual(
        "trait-kinds",
        {
            "identifiers": {"email": "k@kinds.test"},
            "traits": {
                "n": 1.50,
                "o": {"a": 1, "b": [1.0, "\u2028"]},
                "l": [1, 2],
                "t": True,
                "q": '"\\\n\u0001\u001f\u007f',
            },
        },
    ),
    # Times.
    *(
        manual(f"time-{at}", occurred_at=value)
        for at, value in enumerate(
            [
                "2025-01-02",
                "2025-01-02T03:04",
                "2025-01-02T03:04Z",
                "2025-01-02T03:04+01:00",
                "2025-01-02T03:04:05.1234567Z",
                "2025-01-02T03:04:05.9999999+02",
                "2025-01-02T24:00:00Z",
                "2025-01-02T24:00:01Z",
                "2025-01-02T23:59:60Z",
                "2025-01-02T03:04:05 Z",
                "2025-01-02T03:04:05z",
                "0000-01-02",
                "9999-12-31T23:59:59-12:00",
                "2025-01-02T03:04:05+16:00",
                "2025-01-02T03:04:05-0330",
                " 2025-01-02 03:04:05 ",
                "epoch",
                "2025-01-02 03:04:05+0175",
                "2025-01-02 03:04:05 +0100",
                "\t2025-01-02 ",
                "0001-01-01T00:00:00+05:00",
            ]
        )
    ),
    # JSON that some parsers take and others don't.
    '{"id": "nul-1", "occurred_at": "2025-01-02", "event_name": "a\\u0000b"}',
    '{"id": "nul-2", "occurred_at": "2025-01-02", "event_name": "a\\\\u0000b"}',
    '{"id": "nul-3", "occurred_at": "2025-01-02", "event_name": "a\0b"}',
    '{"id": "half", "occurred_at": "2025-01-02", "event_name": "\\ud800"}',
    '{"id": "comma", "occurred_at": "2025-01-02", "event_name": "x",}',
    '{"id": "nan", "occurred_at": "2025-01-02", "event_name": "x", "value": NaN}',
    '{"id": "text", "occurred_at": "2025-01-02", "event_name": "an, ] and : NaN"}',
    '{"id": "tiny", "occurred_at": "2025-01-02", "event_name": "x", "value": 1e-400, '
    '"persons": [{"identifiers": {"user_id": [-0.0, 1e-400], "email": "tiny@x.test"}}]}',
    '{"id": "spaced" , "occurred_at":\t"2025-01-02", "event_name": "\\u00e9\\/" , '
    '"persons": [ { "identifiers" : { "email" : "sp@aced.test" } } ] }',
]
ODD_GMAIL: list[Row | str] = [
    *(
        gmail(f"odd-{at}", {"From": "me@odd.test", "To": header, "Subject": header})
        for at, header in enumerate(
            [
                'a"b"c, d" <x@odd.test>, y@odd.test',
                '"unended, <a@odd.test>, b@odd.test',
                "Team (x: y): (a, b) a@odd.test, b@odd.test; c@odd.test",
                "=?utf-8?q?a=2C_b?= <q@odd.test>, "
                "=?iso-8859-1?q?J=FCrgen?= =?utf-8?b?4oKs?= <l@odd.test>",
                "=?utf-8?b?4oI=?= =?utf-8?b?rA==?= <split@odd.test>",
                "=?windows-1252?q?=80=9f=81?= <w@odd.test>, =?utf-8?q?=ff?= <bad@odd.test>",
                "=?utf-8?b?A===?= =?utf-8?b?YQ?= =?koi8-r?q?x?= <e@odd.test>",
                "'Quoted Name' <n@odd.test>, (only) c@odd.test, \\\\( <p@odd.test>",
                "a@odd.test\r\n\tb@odd.test;\u00a0c@odd.test",
            ]
        )
    ),
    *(
        gmail(f"date-{at}", {"From": "d@odd.test", "Date": date}, internalDate=None)
        for at, date in enumerate(
            [
                "Thu, 02 Jan 2025 03:04:05 +0100 (CET)",
                "2 jan 2025 03:04 GMT",
                "2 Jan 2025 03:04:05 EST",
                "31 Feb 2025 03:04:05 +0000",
                "2 Foo 2025 03:04:05",
                "1735787045000",
                "2 Jan 2025 24:00:00 +0000",
                "2 Jan 2025 03:04:05 -1500",
            ]
        )
    ),
    gmail("many-1", {"from": "a@odd.test", "From": "B@odd.test", "subject": "a", "Subject": "B"}),
]
ODD_PARTNER: list[Row | str] = [
    {"synced_at": LANDED, "record": partner_node("CREDIT_APPLIED", "７")}
]
ODD_GADGET: list[Row | str] = [
    shop(
        "2025-03-01T00:00:00Z",
        state={"b": 1.50, "a": [" x ", None], "é": "\u00e9/"},
        phone="030 901820",
    ),
    shop("2025-03-01T00:00:00.0Z", state='"', phone="+44 (0)20 7946 0958 ext. 5", email="A@B"),
]

SOURCES: dict[str, list[Row | str]] = {
    "manual": [*MANUAL, *ODD_MANUAL],
    "gmail": [*GMAIL, *ODD_GMAIL],
    "shopify_partner": [*PARTNER, *ODD_PARTNER],
    "gadget": [*GADGET, *ODD_GADGET],
}


def lines_of(folder: Path, source: str, rows: list[Row | str]) -> Path:
    """A file of those rows that are lines as they are."""
    path = folder / f"{source}-lines.jsonl"
    path.write_text("".join(f"{row}\n" for row in rows if isinstance(row, str)), encoding="utf-8")
    return path


def test_scenarios(tmp_path: Path, postgres: Server) -> None:
    urls = []
    for folder, url in (("duckdb", None), ("postgres", postgres.new_database("scenarios"))):
        (tmp_path / folder).mkdir()
        sandbox = Sandbox(tmp_path / folder, url)
        for source, rows in SOURCES.items():
            # A line without an envelope lands when it is loaded: at one time in both.
            bare = lines_of(tmp_path / folder, source, rows)
            sandbox.load(source, [row for row in rows if not isinstance(row, str)])
            sandbox.crm("load", source, bare, "--synced-at", LANDED)
        sandbox.build()
        urls.append(sandbox.url)
    assert_same(*urls)


def test_a_generated_sample_in_two_builds(tmp_path: Path, postgres: Server) -> None:
    generated = run_crm("generate", "--persons", "60", "--seed", "3", tmp_path / "sample")
    assert generated.returncode == 0, generated.stderr
    urls = [f"duckdb:///{tmp_path}/crm.duckdb", postgres.new_database("sample", "C.UTF-8")]
    for url in urls:
        for batch in (("manual", "gmail"), ("shopify_partner", "gadget")):
            for source in batch:
                file = tmp_path / "sample" / f"{source}.jsonl"
                done = run_crm("load", source, file, "--warehouse", url, "--synced-at", LANDED)
                assert done.returncode == 0, done.stderr
            done = run_crm("build", "--warehouse", url)
            assert done.returncode == 0, done.stderr
    assert_same(*urls)
