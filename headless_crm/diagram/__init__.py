"""The picture of the tables: read from dbt's graph, laid out, and written as XML or SVG."""
