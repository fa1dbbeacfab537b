"""The command line: the only floor that reads the environment, prints and exits."""
