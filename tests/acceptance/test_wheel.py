"""The wheel is all that a user needs: it carries the dbt project."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from conftest import copy_checkout

ROOT = Path(__file__).parents[2]


class Installed:
    """The wheel, unpacked where nothing of the checkout is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        [wheel] = folder.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder / "installed")

    def crm(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "headless_crm", *map(str, arguments)],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(self.folder / "installed")},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed(tmp_path_factory.mktemp("wheel"))


def test_the_wheel_builds_a_warehouse_without_the_checkout(installed: Installed) -> None:
    done = installed.crm("demo", installed.folder / "demo", "--persons", "20", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["persons"] >= 20


def test_a_new_source_is_written_into_a_checkout_and_not_into_the_wheel(
    installed: Installed, tmp_path: Path
) -> None:
    done = installed.crm("new-source", "helpdesk")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "--project DIR" in done.stderr
    copy_checkout(tmp_path)
    done = installed.crm("new-source", "helpdesk", "--project", tmp_path)
    assert done.returncode == 0, done.stderr
    written = tmp_path / "models" / "source_layer" / "helpdesk"
    assert len([path for path in written.rglob("*") if path.is_file()]) == 14
