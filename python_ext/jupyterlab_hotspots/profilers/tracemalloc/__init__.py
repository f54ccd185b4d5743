"""tracemalloc: which line holds which memory now, and what it holds more than before."""
