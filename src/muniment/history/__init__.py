"""Pure graph algorithms, fed a loader and never a store."""
