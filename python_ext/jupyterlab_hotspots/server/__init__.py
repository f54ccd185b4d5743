"""The Jupyter Server extension: thin handlers over the store and the runs."""
