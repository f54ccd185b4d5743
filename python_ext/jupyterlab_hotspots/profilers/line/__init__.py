"""line_profiler: every line, counted and timed."""
