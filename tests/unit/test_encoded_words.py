"""Encoded words (RFC 2047) against a table of cases and against Python's own decoder."""

import base64
import re
from email.header import decode_header

import pytest
from engines import Engine
from hypothesis import given
from hypothesis import strategies as st

CASES = [
    (None, None),
    ("", ""),
    ("Plain text, with = and ? and =?", "Plain text, with = and ? and =?"),
    ("Jürgen  a\r\n b", "Jürgen  a\r\n b"),
    ("=?UTF-8?B?SsO8cmdlbg==?=", "Jürgen"),
    ("=?utf-8?q?J=C3=BCrgen_M=c3=bcller?=", "Jürgen Müller"),
    ("=?utf-8*de?Q?J=C3=BCrgen?=", "Jürgen"),
    ("=?us-ascii?Q?a=3Db=5Fc?=", "a=b_c"),
    ("=?UTF-8?Q?a\\b\"c'd?=", "a\\b\"c'd"),
    ("=?UTF-8?Q??= x", " x"),
    ("=?utf-8?Q?with spaces?=", "with spaces"),
    # Latin-1 and what mail means by it.
    ("=?iso-8859-1?Q?caf=E9?=", "café"),
    ("=?ISO-8859-1?B?Y2Fm6SAi/1w=?=", 'café "ÿ\\'),
    ("=?Windows-1252?Q?=80_=93x=94?=", "€ “x”"),
    ("=?iso-8859-1?Q?it=92s?=", "it’s"),
    # White space vanishes between two words, and only there.
    ("Re: =?utf-8?Q?a?= b =?utf-8?Q?c?=", "Re: a b c"),
    ("=?utf-8?Q?a?= =?utf-8?B?Yg==?=\r\n\t=?utf-8?Q?c?=", "abc"),
    ("=?utf-8?Q?=C3=A9?= =?iso-8859-1?Q?=E9?= =?us-ascii?Q?e?=", "éée"),
    ("=?utf-8?Q?a?==?utf-8?Q?b?=", "ab"),
    # A character over two words.
    ("=?utf-8?Q?J=C3?= =?utf-8?Q?=BCrgen?=", "Jürgen"),
    ("=?utf-8?B?SsM=?= =?UTF-8?Q?=BCrgen?=", "Jürgen"),
    # What cannot be decoded stays as written.
    ("=?big5?B?pKQ=?= =?utf-8?Q?a?=", "=?big5?B?pKQ=?= a"),
    ("=?utf-8?X?a?= =?utf-8?Q?b?=", "=?utf-8?X?a?= b"),
    ("=?utf-8?B?!!!?= a", "=?utf-8?B?!!!?= a"),
    ("=?utf-8?B?S?= a", "=?utf-8?B?S?= a"),
    ("=?utf-8?Q?=FF?= a =?utf-8?Q?b?=", "=?utf-8?Q?=FF?= a b"),
    ("=?utf-8?Q?=C3?=  =?utf-8?Q?=28?=", "=?utf-8?Q?=C3?=  =?utf-8?Q?=28?="),
    ("=?utf-8?Q?a", "=?utf-8?Q?a"),
    ("=?utf-8?Q?a=ZZ=4?=", "a=ZZ=4"),
    # Without the padding.
    ("=?utf-8?B?SsO8cmdlbg?=", "Jürgen"),
]


def decode(engine: Engine, text: str | None) -> str | None:
    engine.table("given_texts", ["text"], [[text]])
    [(decoded,)] = engine.execute(
        f"select {engine.render('decode_encoded_words', 'text')} from given_texts"
    )
    assert decoded is None or isinstance(decoded, str)
    return decoded


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_a_text_is_decoded(engine: Engine, text: str | None, expected: str | None) -> None:
    assert decode(engine, text) == expected


def test_every_row_of_a_table_gets_its_own_text(engine: Engine) -> None:
    engine.table("given_texts", ["text", "expected"], CASES * 100)
    rows = engine.execute(
        f"select text, expected, {engine.render('decode_encoded_words', 'text')} from given_texts"
    )
    assert len(rows) == 100 * len(CASES)
    assert [row for row in rows if row[1] != row[2]] == []


def python_decode(text: str) -> str:
    return "".join(
        part if isinstance(part, str) else part.decode(charset or "ascii")
        for part, charset in decode_header(text)
    )


def encoded_word(piece: bytes, charset: str, encoding: str) -> str:
    if encoding in "bB":
        return f"=?{charset}?{encoding}?{base64.b64encode(piece).decode()}?="
    quoted = "".join(
        chr(byte) if re.fullmatch(rb"[A-Za-z0-9]", bytes([byte])) else f"={byte:02X}"
        for byte in piece
    )
    return f"=?{charset}?{encoding}?{quoted}?="


@st.composite
def runs(draw: st.DrawFn) -> str:
    """One text as encoded words of one charset, cut between any two bytes."""
    charset, extra = draw(
        st.sampled_from([("utf-8", "日😀€"), ("UTF-8", "é"), ("iso-8859-1", "ÿé")])
    )
    text = draw(st.text(st.sampled_from('aZ =?_"\\,<' + extra), min_size=1))
    data = text.encode(charset)
    size = draw(st.integers(1, 20))
    return draw(st.sampled_from([" ", "\r\n "])).join(
        encoded_word(data[start : start + size], charset, draw(st.sampled_from("bBqQ")))
        for start in range(0, len(data), size)
    )


@given(st.lists(st.one_of(runs(), st.text(st.sampled_from("az,;<>"), min_size=1)), min_size=1))
def test_python_decodes_the_same(engine: Engine, parts: list[str]) -> None:
    text = " ".join(parts)
    assert decode(engine, text) == python_decode(text)


@given(st.text(st.sampled_from("=?utf-8bQq_AC3 \\\n\"'é")))
def test_no_text_is_an_error(engine: Engine, garbage: str) -> None:
    for text in (garbage, f"=?utf-8?q?{garbage}?=", f"=?iso-8859-1?B?{garbage}?="):
        assert decode(engine, text) is not None
