"""The verbs, one method each, by who uses them."""
