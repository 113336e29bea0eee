"""The whole data set: blocks, made side by side and written in order."""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from signal import SIG_BLOCK, SIG_SETMASK, SIGINT, pthread_sigmask
from typing import Any, NamedTuple

from headless_crm.errors import CrmError, UsageError
from headless_crm.generate import gadget, gmail, manual, partner
from headless_crm.generate.bad_rows import plant_bad_rows
from headless_crm.generate.block import SIZE, plant_shared, populate
from headless_crm.generate.files import OutputFolder
from headless_crm.generate.people import INTERNAL_DOMAIN, STAFF, Staff
from headless_crm.generate.phones import CAPACITY
from headless_crm.generate.truth import GROUPS_HEADER, PERSONS_HEADER

MAX_PERSONS = CAPACITY // 1_000_000 * 1_000_000
"""Beyond this, telephone numbers would run out."""

PERSONS_FILE, GROUPS_FILE = "truth/persons.csv", "truth/groups.csv"

# By default: a process takes as long to start as a few blocks take.
_BLOCKS_A_PROCESS = 20


@dataclass(frozen=True, slots=True)
class Dataset:
    """What was written: rows of each source, and what truth/planted.json says."""

    folder: Path
    persons: int
    groups: int
    rows: dict[str, int]
    planted: dict[str, Any]

    @property
    def total_rows(self) -> int:
        """The rows of all sources."""
        return sum(self.rows.values())


class _Written(NamedTuple):
    """A block as it goes into the files."""

    persons: int
    groups: int
    files: dict[str, bytes]
    rows: dict[str, int]
    planted: Counter[str]
    staff: set[Staff]


def generate(
    folder: Path,
    persons: int,
    seed: int = 0,
    *,
    force: bool = False,
    processes: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Dataset:
    """Write the source files and the truth of `persons` persons into a folder.

    The bytes depend on (persons, seed) alone, not on `processes` (by default, one a core where
    there is enough to do). `progress` is called with the number of persons that each block adds.

    Raises UsageError where `persons` is out of range, and CrmError where the folder holds
    something else and `force` is not set, or can't be written. Nothing half written stays behind.
    """
    if not 1 <= persons <= MAX_PERSONS:
        raise UsageError(f"persons must be from 1 to {MAX_PERSONS:,}, not {persons:,}.")
    tasks = [
        (seed, index, min(SIZE, persons - index * SIZE)) for index in range(-(-persons // SIZE))
    ]
    if processes is None:
        processes = min(os.cpu_count() or 1, len(tasks) // _BLOCKS_A_PROCESS)
    try:
        with OutputFolder(folder, force=force) as output:
            return _write(output, folder, persons, seed, _blocks(tasks, processes), progress)
    except OSError as error:
        raise CrmError(
            f"Writing to {folder} failed: {error.strerror}. Name a folder of your own, on a disk "
            f"with room for about {persons * 6 // 1_000 + 1:,} MB."
        ) from error
    except BrokenProcessPool as error:
        raise CrmError(
            "A process that generates was killed, perhaps for want of memory: "
            "try again with --processes 1."
        ) from error


def _write(
    output: OutputFolder,
    folder: Path,
    persons: int,
    seed: int,
    blocks: Iterable[_Written],
    progress: Callable[[int], None] | None,
) -> Dataset:
    rows, planted, staff, groups = Counter[str](), Counter[str](), set[Staff](), 0
    output.append(PERSONS_FILE, PERSONS_HEADER.encode())
    output.append(GROUPS_FILE, GROUPS_HEADER.encode())
    for block in blocks:
        for name, content in block.files.items():
            output.append(name, content)
        rows.update(block.rows)
        planted.update(block.planted)
        staff |= block.staff
        groups += block.groups
        if progress:
            progress(block.persons)
    _append_staff(output, staff)
    summary = {
        "persons": persons,
        "seed": seed,
        "staff": len(staff),
        "groups": groups,
        "rows": dict(rows),
        **_nested(planted),
    }
    output.finish(summary)
    return Dataset(folder, persons, groups, dict(rows), summary)


def _write_block(seed: int, index: int, persons: int) -> _Written:
    """Make a block, ready to be written: a pure function of its arguments."""
    block = populate(seed, index, persons)
    shared_uses = plant_shared(block)
    sources = {
        partner.SOURCE: partner.write_partner(block),
        gadget.SOURCE: gadget.write_gadget(block),
        gmail.SOURCE: gmail.write_gmail(block),
        manual.SOURCE: manual.write_manual(block, shared_uses),
    }
    plant_bad_rows(block, sources)
    files = {f"{source}.jsonl": rows.text() for source, rows in sources.items()}
    files[PERSONS_FILE] = "".join(
        person.truth.person_lines(f"person-{person.number}") for person in block.people
    ).encode()
    files[GROUPS_FILE] = "".join(
        shop.truth.group_lines(f"group-{shop.number}") for shop in block.shops
    ).encode()
    return _Written(
        persons=persons,
        groups=len(block.shops),
        files=files,
        rows={source: len(rows.lines) for source, rows in sources.items()},
        planted=block.planted,
        staff=block.staff_seen,
    )


def _blocks(tasks: list[tuple[int, int, int]], processes: int) -> Iterator[_Written]:
    """The blocks in order, however many processes make them; a few at a time are in memory."""
    processes = min(processes, len(tasks))
    if processes < 2:
        yield from (_write_block(*task) for task in tasks)
        return
    # Spawned, since forking a process that has threads (a progress bar) can hang.
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"))
    try:
        waiting = iter(tasks)
        # What is blocked here stays so in the processes that start: an interrupt from the keyboard
        # reaches all of them, and this one alone is to answer it.
        before = pthread_sigmask(SIG_BLOCK, {SIGINT})
        pending = deque(pool.submit(_write_block, *task) for task in islice(waiting, processes + 2))
        pthread_sigmask(SIG_SETMASK, before)
        while pending:
            written = pending.popleft().result()
            pending.extend(pool.submit(_write_block, *task) for task in islice(waiting, 1))
            yield written
    finally:
        pool.shutdown(cancel_futures=True)


def _append_staff(output: OutputFolder, seen: set[Staff]) -> None:
    """The app maker's staff write to people of all blocks, so their truth comes last."""
    lines = (
        f"staff-{at},email,{member.email},0,1\n"
        for at, member in enumerate(STAFF)
        if member in seen
    )
    output.append(PERSONS_FILE, "".join(lines).encode())
    if seen:
        output.append(GROUPS_FILE, f"group-staff,domain,{INTERNAL_DOMAIN}\n".encode())


def _nested(counts: Counter[str]) -> dict[str, Any]:
    """Counts under names with slashes, as objects in objects."""
    tree: dict[str, Any] = {}
    for name in sorted(counts):
        *path, leaf = name.split("/")
        branch = tree
        for part in path:
            branch = branch.setdefault(part, {})
        branch[leaf] = counts[name]
    return tree
