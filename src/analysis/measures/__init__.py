"""What a score is: relationship scales, NPS and maturity, each with its inference."""
