"""Tests of the batch: what runs, what is kept, what a failure leaves behind."""
