"""memray: every allocation, by the stack that made it."""
