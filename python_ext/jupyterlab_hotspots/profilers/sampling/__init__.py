"""Sampling: where every thread is, a hundred times a second, seen from outside the process."""
