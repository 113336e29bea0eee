"""API keys: what a file may hold, and what a key opens."""

from __future__ import annotations

from pathlib import Path

import pytest

from headless_crm.errors import UsageError
from headless_crm.server.keys import line_of, new_key, read_keys


def test_a_key_opens_for_the_roles_of_its_line(tmp_path: Path) -> None:
    ann, bob, both = new_key(), new_key(), new_key()
    lines = [
        "# keys",
        "",
        line_of(ann, ["read"], "Ann"),
        line_of(bob, ["process"]),
        "  " + line_of(both, ["read", "process"], "the worker of ours"),
    ]
    (tmp_path / "keys").write_text("\n".join(lines))
    keys = read_keys(tmp_path / "keys")
    assert keys.roles_of(ann) == {"read"}
    assert keys.roles_of(bob) == {"process"}
    assert keys.roles_of(both) == {"read", "process"}
    for wrong in ("", ann[:-1], ann + " ", ann.upper(), "\udfff", "é"):
        assert keys.roles_of(wrong) == frozenset()


def test_keys_are_long_and_never_the_same() -> None:
    made = {new_key() for _ in range(100)}
    assert len(made) == 100
    assert all(len(key) == 47 for key in made)


@pytest.mark.parametrize(
    "line",
    ["read", "read secret", f"admin {'0' * 64}", f"read, {'0' * 64}", f"read {'A' * 64}", "0" * 64],
)
def test_a_line_that_is_none_is_told_by_its_number(tmp_path: Path, line: str) -> None:
    (tmp_path / "keys").write_text(f"# keys\n{line}\n")
    with pytest.raises(UsageError, match="Line 2 of keys file ") as told:
        read_keys(tmp_path / "keys")
    assert "secret" not in str(told.value)


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "keys").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="can't be read"):
        read_keys(tmp_path / "keys")
