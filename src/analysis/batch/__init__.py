"""Units of work, and running them."""
