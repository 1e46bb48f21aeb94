"""The configuration: read from a file and the environment, changed in the settings, saved."""
