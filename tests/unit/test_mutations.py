"""The faults that scripts/mutations.py plants: a change of the SQL must not leave one without."""

from __future__ import annotations

from scripts.mutations import FAULTS, ROOT


def test_each_fault_has_a_place_to_be_planted_in() -> None:
    assert len(FAULTS) > 50
    for fault in FAULTS:
        assert fault.text in (ROOT / fault.file).read_text("utf-8"), fault.what
        assert fault.text != fault.instead, fault.what
        assert (ROOT / (fault.first or fault.file)).is_file(), fault.what
