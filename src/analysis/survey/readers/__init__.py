"""One file for each way in which survey data arrive."""
