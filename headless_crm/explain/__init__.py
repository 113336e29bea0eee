"""Why two identifiers are one entity, or why not."""
