"""memory_profiler: resident memory after every line."""
