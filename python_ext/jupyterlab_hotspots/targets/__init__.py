"""What is run: how a user's words become a target, and which Python runs it.

``target.py`` is what a run directory keeps; ``script.py`` and ``module.py`` make one from a path or a module's name.
"""
