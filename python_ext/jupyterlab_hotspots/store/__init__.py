"""The history: run directories, the SQLite index over them, and saved profiles."""
