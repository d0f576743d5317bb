"""Rapport: relationship research and reporting for business-to-business surveys."""

__version__ = "0.1.0"
