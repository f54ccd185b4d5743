"""`jupyter hotspots reference simulate|hostless`: the bundled workload on the command line."""

from __future__ import annotations

import argparse

from jupyterlab_hotspots.reference.options import add_hostless_arguments, add_simulate_arguments
from jupyterlab_hotspots.reference.packages import reference_packages


def prepare_parser(parser: argparse.ArgumentParser) -> None:
    """Add the sub-commands and their options."""
    commands = parser.add_subparsers(dest="reference_command", metavar="COMMAND", required=True)
    simulate = commands.add_parser(
        "simulate",
        help="make a Parquet file of simulated alerts",
        description="Make a Parquet file of simulated alerts: the columns and proportions of the survey's own stream.",
    )
    add_simulate_arguments(simulate)
    hostless = commands.add_parser(
        "hostless",
        help="find candidates for transients without a host galaxy",
        description="Find candidates for transients without a host galaxy in a Parquet file of alerts.",
    )
    add_hostless_arguments(hostless)


def run(args: argparse.Namespace) -> int:
    """Run the chosen sub-command; the exit status is 0.

    Raises:
        HotspotsError: something stood in the way; the command line says it.
    """
    if args.reference_command == "simulate":
        return _simulate(args)
    from jupyterlab_hotspots.reference.pipeline import run_hostless

    return run_hostless(args)


def _simulate(args: argparse.Namespace) -> int:
    with reference_packages():
        from jupyterlab_hotspots.reference.simulate import simulate_alerts

        made = simulate_alerts(args.output, args.alerts, args.seed, quiet=args.quiet)
    print(made, flush=True)
    return 0
