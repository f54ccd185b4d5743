"""What the routes answer, made from store, runs and profiles. Nothing here knows of HTTP; all of it may block."""
