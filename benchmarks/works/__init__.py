"""The works that are measured: one module each, with a `measure(options)` that gives a `Finding`."""
