"""Why scores are what they are: structural models, drivers, change and comment topics."""
