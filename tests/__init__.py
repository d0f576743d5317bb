"""Tests; `python -m tests.needs` says what this machine lacks for them."""
