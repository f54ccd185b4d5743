"""Objects: which there are, what grew, and what keeps it alive."""
