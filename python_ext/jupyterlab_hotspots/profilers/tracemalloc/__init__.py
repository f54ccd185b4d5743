"""cProfile: every call of every function, counted exactly."""
