"""The scenarios, built once: what each test of this folder looks at one thing of."""

from __future__ import annotations

import pytest

from conftest import Sandbox
from scenarios import GADGET, GMAIL, MANUAL, PARTNER


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    sandbox = Sandbox(tmp_path_factory.mktemp("scenarios"))
    sandbox.load("manual", MANUAL)
    sandbox.load("gmail", GMAIL)
    sandbox.load("shopify_partner", PARTNER)
    sandbox.load("gadget", GADGET)
    sandbox.build()
    return sandbox
