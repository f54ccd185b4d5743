"""The profile model: what a profile is, and what can be done with one. Pure data, no input or output.

A profile is a plain value (`profile.Profile`): what is known about the run, and one table for each kind of measurement.
It moves through small pure steps, each one file: `rank` orders a table and cuts out a page, `graph` finds callers and
callees, `merge` makes one profile of several, `compare` subtracts one from another, `document` turns one into JSON and
back. Nothing is imported here: the modules that need NumPy and pyarrow say so themselves.
"""
