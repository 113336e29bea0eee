"""What crm new-source writes into a project, and that it writes nothing where it can't."""

from __future__ import annotations

import difflib
import resource
import shutil
from pathlib import Path

import pytest
import yaml

from headless_crm.errors import CrmError, UsageError
from headless_crm.new_source import write_source
from headless_crm.sources import known_sources

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "models", tmp_path / "models")
    (tmp_path / "seeds").mkdir()
    shutil.copy(ROOT / "seeds" / "generic_domains.csv", tmp_path / "seeds")
    shutil.copy(ROOT / "dbt_project.yml", tmp_path)
    return tmp_path


def content(project: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}


def refused(project: Path, name: str) -> str:
    """The message for a name; nothing may have been written."""
    before, entries = content(project), set(project.rglob("*"))
    with pytest.raises(UsageError) as error:
        write_source(project, name)
    assert content(project) == before
    assert set(project.rglob("*")) == entries
    assert "\n" not in str(error.value)
    return str(error.value)


def added_lines(before: str, after: str) -> list[str]:
    """The lines that were put in; none may have gone."""
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    assert not [line for line in lines if line.startswith("- ")]
    return [line[2:] for line in lines if line.startswith("+ ")]


def test_a_source_is_a_folder_and_lines_of_dbt_project_yml(project: Path) -> None:
    file = project / "dbt_project.yml"
    before = file.read_text()
    written = write_source(project, "helpdesk")
    assert written.folder == project / "models" / "source_layer" / "helpdesk"
    assert set(written.files) == {path for path in written.folder.rglob("*") if path.is_file()}
    assert written.sample in written.files
    added = added_lines(before, file.read_text())
    assert added[0] == "  helpdesk_events_table: raw.helpdesk_events"
    models = [line.removeprefix("    - name: ") for line in added[1::2]]
    assert set(added[2::2]) == {"      source: helpdesk"}
    files = {path.stem for path in (written.folder / "events").glob("*.sql")}
    assert files == set(models)
    assert len(models) == 7
    assert not [path for path in content(project) if b"newsource" in path.read_bytes()]
    assert known_sources(project)["helpdesk"].table == "helpdesk_events"
    assert [path.name for path in project.iterdir() if path.name.startswith(".")] == []


def test_each_model_is_in_its_own_list(project: Path) -> None:
    write_source(project, "helpdesk")
    variables = yaml.safe_load((project / "dbt_project.yml").read_text())["vars"]
    kinds = {
        name: {item["name"].removeprefix(f"{item['source']}_") for item in value}
        for name, value in variables.items()
        if name.endswith("_sources")
    }
    assert len(kinds) == 7
    assert all(len(found) == 1 for found in kinds.values()), kinds


def test_sources_can_be_added_one_after_the_other(project: Path) -> None:
    write_source(project, "helpdesk")
    write_source(project, "a")
    assert {"helpdesk", "a", "manual"} <= set(known_sources(project))


@pytest.mark.parametrize("name", ["", "Helpdesk", "1st", "_x", "a-b", "a b", "../x", "a\n", "é"])
def test_a_name_is_letters_digits_and_underscores(project: Path, name: str) -> None:
    assert "can't be a source's name: use a to z" in refused(project, name)


def test_a_name_leaves_room_for_the_names_of_tables(project: Path) -> None:
    write_source(project, "a" * 30)
    assert "30 characters at most" in refused(project, "b" * 31)
    longest = max(len(path.stem) for path in project.rglob("*.sql"))
    assert longest + len("__changes") <= 63


@pytest.mark.parametrize("name", ["null", "true", "yes", "off"])
def test_a_name_is_text_in_yaml(project: Path, name: str) -> None:
    assert "YAML" in refused(project, name)


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("gadget", "models/source_layer/gadget exists already"),
        ("gmail_messages", "a source table gmail_messages"),
        ("resolved", "a table resolved_group_identifiers"),
        ("failed", "a table failed_events"),
    ],
)
def test_what_is_there_stays(project: Path, name: str, taken: str) -> None:
    assert taken in refused(project, name)


def test_a_table_that_another_source_has_stays(project: Path) -> None:
    write_source(project, "x")
    shutil.move(project / "models/source_layer/x", project / "models/source_layer/y")
    assert "a source table x_events already" in refused(project, "x")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("vars:\n", "vars: [\n", "is not YAML at line"),
        ("vars:\n", "variables:\n", "has no vars"),
        ("_table: raw.", "_place: raw.", "has no var of a source's table"),
        ("  event_sources:\n", "  event_source:\n", "has no list event_sources"),
        (
            "  membership_sources:\n    - name:",
            "  membership_sources: []\n  other_sources:\n    - name:",
            "has no list membership_sources",
        ),
        (
            "    - name: manual_events\n      source: manual\n",
            "    - {name: manual_events, source:\n       manual\n       }\n",
            "is not laid out",
        ),
        ("name: headless_crm", "name: \udcff", "is not UTF-8"),
    ],
)
def test_a_project_file_that_is_broken_is_left_alone(
    project: Path, old: str, new: str, message: str
) -> None:
    file = project / "dbt_project.yml"
    text = file.read_text()
    assert old in text
    file.write_bytes(text.replace(old, new).encode("utf-8", "surrogateescape"))
    assert message in refused(project, "helpdesk")


def test_a_folder_that_is_no_project_is_left_alone(project: Path, tmp_path: Path) -> None:
    (project / "dbt_project.yml").unlink()
    assert "can't be read" in refused(project, "helpdesk")
    shutil.rmtree(project / "models")
    assert "is no checkout" in refused(tmp_path, "helpdesk")


def test_the_file_s_own_layout_is_kept(project: Path) -> None:
    file = project / "dbt_project.yml"
    text = file.read_text()
    lines = [line for line in text.splitlines() if line]
    narrow = "\r\n".join(
        line[2:] if line.startswith(("    - ", "      source:")) else line
        for line in [*lines[:-1], lines[-1] + "  # the end"]
    )
    file.write_bytes(narrow.encode())
    write_source(project, "helpdesk")
    after = file.read_bytes().decode()
    assert "\n" not in after.replace("\r\n", "")
    assert len(added_lines(narrow, after)) == 15
    assert "\r\n  - name: helpdesk_events\r\n    source: helpdesk\r\n" in after


def test_a_list_at_the_end_of_the_file_is_a_list(project: Path) -> None:
    file = project / "dbt_project.yml"
    text = file.read_text()
    start, end = text.index("  dead_letter_sources:"), text.index("\n  # Raw history")
    file.write_text(text[:start] + text[end + 1 :] + text[start:end].rstrip())
    write_source(project, "helpdesk")
    assert file.read_text().endswith("    - name: helpdesk_dead_letters\n      source: helpdesk\n")


def test_nothing_stays_where_the_disk_is_full(project: Path) -> None:
    before, entries = content(project), set(project.rglob("*"))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, limits[1]))
    try:
        with pytest.raises(CrmError, match=f"^{project} can't be written: File too large.$"):
            write_source(project, "helpdesk")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert content(project) == before
    assert set(project.rglob("*")) == entries
