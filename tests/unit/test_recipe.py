"""The recipe of a warehouse's rows: what else than before makes all of them anew."""

from __future__ import annotations

from headless_crm.recipe import recipe_of


def test_variables_that_say_how_a_run_goes_make_the_same_rows() -> None:
    of_a_run = {"event_id": "x", "realtime_event_id": "y", "override_incremental": "2025-01-01"}
    assert recipe_of(of_a_run) == recipe_of({})
    assert recipe_of({"identifier_salt": "s"}) != recipe_of({})
