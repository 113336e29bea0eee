"""What builds cost, measured on generated bases."""
