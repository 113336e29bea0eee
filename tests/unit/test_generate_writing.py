"""How data sets are written: whole or not at all, with the same bytes every time."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from generated import Sample, frozen, resolve

from headless_crm.errors import CrmError, UsageError
from headless_crm.generate import MAX_PERSONS, generate

CRM = [str(Path(sys.executable).with_name("crm")), "generate"]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(at.relative_to(folder)): at.read_bytes() for at in folder.rglob("*") if at.is_file()
    }


def test_the_bytes_depend_on_persons_and_seed_alone(tmp_path: Path) -> None:
    for name, seed, processes in (("a", 3, 1), ("b", 3, 2), ("c", 4, 1)):
        generate(tmp_path / name, 2_100, seed, processes=processes)
    one, two, other = (contents(tmp_path / name) for name in "abc")
    assert one == two
    assert all(one[name] != other[name] for name in one)
    assert len(one) == 7


@pytest.mark.parametrize("persons", [1, 2, 17])
def test_small_data_sets_are_true_too(tmp_path: Path, persons: int) -> None:
    generate(tmp_path, persons)
    sample = Sample(tmp_path)
    resolved = resolve(sample.current, sample.shared)
    assert frozen(resolved) == frozen(sample.true_parts().values())


@pytest.mark.parametrize("persons", [-1, 0, MAX_PERSONS + 1])
def test_numbers_out_of_range_are_refused(tmp_path: Path, persons: int) -> None:
    with pytest.raises(UsageError, match=f"not {persons:,}"):
        generate(tmp_path / "new", persons)
    assert not (tmp_path / "new").exists()


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CrmError, match="is a file"):
        generate(tmp_path / "file", 1, force=True)


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, before[1]))
    try:
        with pytest.raises(CrmError, match="failed: File too large"):
            generate(tmp_path / "deep" / "er", 1_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not list(tmp_path.iterdir())


def start(command: list[str], *arguments: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*command, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_the_command(tmp_path: Path) -> None:
    full, other, none = (tmp_path / name for name in ("full", "other", "none"))
    for folder in (full, other):
        folder.mkdir()
        (folder / "mine.txt").write_text("mine")
    # Side by side, since most of the time goes by until a command has started.
    forced = start(CRM, "--persons", "10", "--seed", "5", "--force", "--json", full)
    refused = start(CRM, "--persons", "10", other)
    wrong = start(CRM, "--persons", "0", none)

    out, err = forced.communicate()
    assert (forced.returncode, err) == (0, "")
    assert json.loads(out)["rows"] == Sample(full).planted["rows"]
    assert (full / "mine.txt").read_text() == "mine"
    assert len(contents(full)) == 8

    out, err = refused.communicate()
    assert (refused.returncode, out) == (1, "")
    assert re.search(r"other is not empty: .*--force", err.replace("\n", " "))
    assert len(contents(other)) == 1

    out, err = wrong.communicate()
    assert (wrong.returncode, out) == (2, "")
    assert "--persons" in err
    assert not none.exists()


@pytest.mark.parametrize(
    ("stop", "once_there_is"),
    [(signal.SIGINT, "truth/persons.csv"), (signal.SIGTERM, "gmail.jsonl")],
)
def test_a_stopped_command_leaves_nothing_behind(
    tmp_path: Path, stop: signal.Signals, once_there_is: str
) -> None:
    folder = tmp_path / "deep" / "er"
    process = start(CRM, "--persons", "900000", "--processes", "2", folder)
    deadline = time.monotonic() + 30
    while not list(folder.glob(f"*/{once_there_is}")) and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.2)  # The first file comes before the processes; these then are at their imports.
    assert all(at.name.startswith(".") for at in folder.iterdir())
    if stop == signal.SIGINT:  # From the keyboard it reaches the processes of the pool as well.
        os.killpg(process.pid, stop)
    else:
        process.send_signal(stop)
    # The streams end when the last process that could write to them has ended.
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in err
    assert not list(tmp_path.iterdir())
