"""One folder for each profiler, behind one small protocol (`protocol.py`), listed in one place (`registry.py`).

In a folder: `description.py`, what it is, without importing the tool; `collector.py`, which enters the profiled
process, standard library and the tool only; `reader.py`, which builds the model from what the collector wrote.
"""
