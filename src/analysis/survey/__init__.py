"""What respondents said: raw files in, one checked and frozen `Survey` out."""
