"""The project as a dbt package of somebody's own project, which replaces a seed and sets vars."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import yaml

from conftest import Sandbox

PROJECT = Path(__file__).parents[2]


def test_a_project_can_use_this_one_as_a_package(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path)
    senders = ("ann@gmail.com", "bob@mine.test", "eve@us.test")
    messages = [
        {"id": sender, "sender": sender, "date": "2025-01-01T00:00:00Z"} for sender in senders
    ]
    sandbox.load("gmail", messages)
    files = {
        "dbt_project.yml": {
            "name": "shop",
            "profile": "headless_crm",
            "seeds": {"headless_crm": {"generic_domains": {"+enabled": False}}},
            "vars": {"headless_crm": {"internal_domains": ["us.test"]}},
        },
        "packages.yml": {"packages": [{"local": str(PROJECT)}]},
        "profiles.yml": {
            "headless_crm": {
                "target": "own",
                "outputs": {
                    "own": {"type": "duckdb", "path": str(sandbox.file), "schema": "crm"},
                },
            }
        },
    }
    for name, content in files.items():
        (tmp_path / name).write_text(yaml.safe_dump(content))
    (tmp_path / "models").mkdir()
    own = "select count(*) as domains from {{ ref('headless_crm', 'groups') }}"
    (tmp_path / "models" / "own.sql").write_text(own)
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "generic_domains.csv").write_text("domain,kind\nmine.test,own\n")
    for command in (["deps"], ["build", "--select", "+own", "--indirect-selection=empty"]):
        done = subprocess.run(
            [Path(sys.executable).with_name("dbt"), *command],
            cwd=tmp_path,
            env={name: value for name, value in os.environ.items() if "DBT" not in name},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
    assert sandbox.query("select domain from groups") == [("gmail.com",)]
    assert sandbox.query("select domains from own") == [(1,)]
