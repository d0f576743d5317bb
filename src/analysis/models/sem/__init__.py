"""The commitment-trust structural-equation model."""
