"""Maximum likelihood and weighted least squares for structural equation models."""
