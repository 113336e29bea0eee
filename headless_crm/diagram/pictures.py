"""Both pictures of the project, as text to write."""

from __future__ import annotations

from headless_crm.diagram.drawio import drawio
from headless_crm.diagram.layout import layout_of
from headless_crm.diagram.links import links_of
from headless_crm.diagram.overview import overview_of
from headless_crm.diagram.project import Project
from headless_crm.diagram.svg import svg


def pictures_of(project: Project) -> tuple[str, str]:
    """The XML of all tables, and the SVG of the overview, which is the XML's second page."""
    links = links_of(project)
    overview = layout_of(*overview_of(project.tables, links))
    pages = {"All tables": layout_of(project.tables, links), "Overview": overview}
    return drawio(pages), svg(overview)
