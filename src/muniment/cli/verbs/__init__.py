"""The commands, a file for each group of them; imported when they are called."""
