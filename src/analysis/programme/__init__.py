"""The programme around the survey: who answered, what was promised, what was done."""
