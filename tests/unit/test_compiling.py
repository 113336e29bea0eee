"""From rendered models to the artefact: what no source of the project gets wrong."""

from __future__ import annotations

import pytest

from headless_crm.errors import CrmError
from headless_crm.realtime.compiling import compiled_from
from headless_crm.realtime.rendering import Rendering


def test_a_source_without_a_model_of_its_events_is_told() -> None:
    raw = {"helpdesk_raw": {"depends_on": [], "appends": True}}
    sources = {"helpdesk_raw": ("helpdesk", "helpdesk_events")}
    rendering = Rendering({}, {}, {"models": raw}, {}, "duckdb", sources)
    with pytest.raises(CrmError, match="helpdesk has no model helpdesk_events"):
        compiled_from(rendering, "a recipe")
