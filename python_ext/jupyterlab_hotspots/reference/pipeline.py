"""The reference pipeline as a plain script, to be run or profiled by its path or as a module.

python pipeline.py --alerts alerts.parquet --output results
python -m jupyterlab_hotspots.reference.pipeline --alerts alerts.parquet --output results
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from jupyterlab_hotspots.errors import HotspotsError
from jupyterlab_hotspots.reference.options import add_hostless_arguments, alerts_file, output_folder
from jupyterlab_hotspots.reference.packages import reference_packages


def run_hostless(arguments: argparse.Namespace) -> int:
    """Run the hostless stage as the options say; the exit status is 0.

    The closing summary is the only thing on stdout, so that it can be piped on.

    Raises:
        HotspotsError: no alerts were named, they cannot be read, or the results cannot be written.
    """
    alerts = alerts_file(arguments.alerts)
    output = output_folder(arguments.output)
    with reference_packages():
        from jupyterlab_hotspots.reference.stage import run_hostless_stage

        summary = run_hostless_stage(
            alerts,
            output,
            shuffles=arguments.shuffles,
            seed=arguments.seed,
            limit=arguments.limit,
            quiet=arguments.quiet,
        )
    if summary.problems:
        reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(summary.problems.items()))
        print(
            f"warning: the stamps of some alerts could not be read ({reasons}). "
            "Their results are -99, and the column problem says why.",
            file=sys.stderr,
        )
    print(summary, flush=True)
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the options and run the stage.

    Returns:
        The exit status: 0, or 1 after a clear error on stderr; argparse ends a wrong option with status 2.
    """
    parser = argparse.ArgumentParser(description="Find candidates for transients without a host galaxy in alerts.")
    add_hostless_arguments(parser)
    options = parser.parse_args(arguments)
    try:
        return run_hostless(options)
    except HotspotsError as error:
        print(f"{parser.prog}: error: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
