"""The shipped code frames, one YAML file each."""
