"""What may be shown, and how it looks."""
