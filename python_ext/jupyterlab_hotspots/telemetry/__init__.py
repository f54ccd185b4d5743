"""The sampler of resources, and what it can see.

``columns.py`` says what every column means, ``sampler.py`` is the way in. Nothing is imported here: the supervisor
starts once per run, and its start-up is part of what a user waits for.
"""
