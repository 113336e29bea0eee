"""The user's own rules about identifiers: limits on their partners, and links between them."""
