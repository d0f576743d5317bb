"""The command `rapport`."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from analysis import __version__, params
from analysis.errors import RapportError, RunError

_PARAMS = click.option(
    "--params",
    "params_dir",
    default="params",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the parameter files; its parent is the project.",
)

_WAVE = click.option("--wave", default=params.LATEST, help="Wave to report; default: the latest.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="rapport")
def cli() -> None:
    """Relationship research and reporting for business-to-business surveys."""


@cli.command()
@_PARAMS
@click.argument("clients", nargs=-1)
def demo(params_dir: Path, clients: tuple[str, ...]) -> None:
    """Write made-up clients with known truth into data/."""
    from analysis.survey import demo as demos

    root = params_dir.resolve().parent
    written = demos.write(root, clients or None)
    click.echo(f"Demo data: {', '.join(written)}.")


@cli.command()
@_PARAMS
@click.argument("client")
@_WAVE
def check(params_dir: Path, client: str, wave: str) -> None:
    """Say whether a client's files will do, before anything runs."""
    from analysis.batch import check as checks

    for line in checks.lines(params.load(client, wave, params_dir)):
        click.echo(line)


@cli.command()
@_PARAMS
@click.argument("clients", nargs=-1)
@_WAVE
@click.option("--jobs", type=click.IntRange(min=1), help="Clients at once; default: all cores.")
@click.option("--chapters", multiple=True, help="Run only this chapter; may be repeated.")
@click.option("--force", is_flag=True, help="Run even what is up to date.")
@click.option("--dry-run", is_flag=True, help="Say what would be run, and run nothing.")
@click.option("--kernels", is_flag=True, help="Run notebooks in Jupyter kernels, which is slower.")
@click.option(
    "--minutes", default=15.0, show_default=True, help="Longest that one notebook cell may take."
)
@click.option("--memory", default=4.0, show_default=True, help="GB that one notebook may allocate.")
@click.option("--scheduler", help="Dask scheduler, tcp://HOST:8786: run on its workers.")
@click.option("--storage", help="Where they find the project, if not at the same path: s3://...")
def run(
    params_dir: Path,
    clients: tuple[str, ...],
    wave: str,
    jobs: int | None,
    chapters: tuple[str, ...],
    force: bool,
    dry_run: bool,
    scheduler: str | None,
    storage: str | None,
    **how: Any,
) -> None:
    """Make the reports of the CLIENTS named, or of all."""
    from analysis.batch import cluster, progress, states
    from analysis.batch import run as batch
    from analysis.batch.notebooks import How

    chosen = clients or tuple(params.clients(params_dir))
    if not chosen:
        raise RapportError(f"There is no client in {params_dir}; README says how to add one.")
    if dry_run:
        for line in states.planned(chosen, wave, params_dir, chapters, force):
            click.echo(line)
        return
    reports = params_dir.resolve().parent / "reports"
    with progress.shown(len(chosen), reports) as show:
        given = (chosen, wave, params_dir, chapters, force)
        if scheduler:
            where = {"scheduler": scheduler, "storage": storage}
            outcomes = cluster.run(*given, How(**how), show.tell, **where)
        else:
            outcomes = batch.run(*given, jobs, How(**how), show.tell)
    for outcome in outcomes:
        if outcome.client:
            click.echo(progress.line(asdict(outcome)))
    click.echo(f"Reports: {reports / 'index.html'}")
    for outcome in outcomes:
        if outcome.status == "failed":
            click.echo(f"rapport: {outcome.client or 'overview'}: {outcome.sentence}", err=True)
    sys.exit(batch.exit_code(outcomes))


@cli.command()
@_PARAMS
def status(params_dir: Path) -> None:
    """List clients and waves with the state of their reports."""
    from analysis.batch import states

    for state in states.states(params_dir):
        link = f"reports/{state['link']}" if state["link"] else state["problem"]
        click.echo(f"{state['client']:<16} {state['wave']:<12} {state['status']:<12} {link}")


@cli.command()
@click.argument("report", type=click.Path(exists=True, path_type=Path))
def verify(report: Path) -> None:
    """Say whether a published REPORT (its folder or manifest) is still as it was made."""
    from analysis.batch import manifest

    found = list(manifest.verify(report))
    for line in found:
        click.echo(line)
    if found:
        raise RunError(f"{report} is not as it was made; run it again with --force.")
    click.echo("Every file is as it was made.")


@cli.command()
@_PARAMS
@click.argument("manifest_file", metavar="MANIFEST", type=click.Path(exists=True, path_type=Path))
def rerun(params_dir: Path, manifest_file: Path) -> None:
    """Make the report of a MANIFEST again, and say whether it comes out the same."""
    from analysis.batch import again

    for line in again.rerun(manifest_file, params_dir):
        click.echo(line)


@cli.command()
@_PARAMS
@click.argument("client")
@_WAVE
def topics(params_dir: Path, client: str, wave: str) -> None:
    """Keep the names of the topics that CLIENT's report found, for later waves."""
    from analysis.batch import remember

    file, added = remember.remember(client, wave, params_dir)
    if added:
        click.echo(f"Added to {file}: {', '.join(added)}. Change the names as you like.")
    else:
        click.echo(f"Nothing to add to {file}: no topic emerged that does not stand there.")


def main() -> None:
    """Run the command; an error a user can meet is one sentence and its exit code."""
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as mistake:
        mistake.show()
        sys.exit(mistake.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped; finished reports stay, the rest is made by the next run.", err=True)
        sys.exit(130)
    except RapportError as error:
        click.echo(f"rapport: {error}", err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
