"""Foreign files: one file a format, found through `registry`."""
