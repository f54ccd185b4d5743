"""What enters the profiled process around a collector.

`launch.py` is a program of its own: it is run by whatever Python the target is run by, where Hotspots need not be
installed. So this room is standard library only and imports nothing of the house, and it never changes the behaviour of
what it watches: it leaves no module, no file descriptor a script could meet, and no frame in a traceback.
"""
