"""Scalene: Python, native and system time, memory and copies, line by line."""
