"""What the warehouse of the fixture `small` holds, and what is asked of it over HTTP."""

from __future__ import annotations

from pathlib import Path

EVENT = {
    "id": "a",
    "synced_at": "2025-01-02T00:00:00Z",
    "record": {
        "occurred_at": "2025-01-01",
        "event_name": "signed_up",
        "persons": [{"identifiers": {"email": "ann@secret.example"}}],
    },
}
ANN = '(identifier: {type: "email", value: "ann@secret.example"})'
PAGE = (Path(__file__).parents[2] / "docs/graphql.md").read_text(encoding="utf-8")
READ = "{ __typename }"
PROCESS = 'mutation { processEvent(source: "manual", id: "a") { status userErrors { code } } }'
