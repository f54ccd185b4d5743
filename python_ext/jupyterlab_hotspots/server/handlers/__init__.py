"""The routes: one file for each resource, thin; what is answered is made in `answers`."""

from __future__ import annotations

from tornado.web import RequestHandler


def routes() -> list[tuple[str, type[RequestHandler]]]:
    """Every route under `base_url`, as patterns."""
    from jupyterlab_hotspots.server.handlers import (
        export,
        import_file,
        output,
        profilers,
        run,
        runs,
        snakeviz,
        source,
        tables,
    )
    from jupyterlab_hotspots.server.socket import EventsSocket

    # Whatever stands there is looked up as an id, so that a wrong one gets our own 404.
    one = r"hotspots/runs/(?P<run>[^/]+)"
    return [
        (r"hotspots/profilers", profilers.ProfilersHandler),
        (r"hotspots/import", import_file.ImportHandler),
        (r"hotspots/runs", runs.RunsHandler),
        (one, run.RunHandler),
        (one + "/cancel", run.CancelHandler),
        (one + "/profile", tables.ProfileHandler),
        (one + "/tables", tables.TablesHandler),
        (one + "/tree", tables.TreeHandler),
        (one + "/telemetry", tables.TelemetryHandler),
        (one + "/output", output.OutputHandler),
        (one + "/source", source.SourceHandler),
        (one + "/export", export.ExportHandler),
        (one + "/snakeviz", snakeviz.SnakevizHandler),
        (r"hotspots/events", EventsSocket),
    ]
