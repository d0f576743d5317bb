"""The command `rapport`."""

import sys
from pathlib import Path
from typing import Any

import click

from analysis import __version__, params
from analysis.errors import RapportError

_PARAMS = click.option(
    "--params",
    "params_dir",
    default="params",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the parameter files; its parent is the project.",
)


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
@click.option("--wave", default=params.LATEST, help="Wave to report; the latest if not given.")
def check(params_dir: Path, client: str, wave: str) -> None:
    """Say whether a client's files will do, before anything runs."""
    from analysis.batch import check as checks

    for line in checks.lines(params.load(client, wave, params_dir)):
        click.echo(line)


@cli.command()
@_PARAMS
@click.argument("clients", nargs=-1)
@click.option("--wave", default=params.LATEST, help="Wave to report; the latest if not given.")
@click.option("--jobs", type=click.IntRange(min=1), help="Clients at once; default: all cores.")
@click.option("--chapters", multiple=True, help="Run only this chapter; may be repeated.")
@click.option("--force", is_flag=True, help="Run even what is up to date.")
def run(
    params_dir: Path,
    clients: tuple[str, ...],
    wave: str,
    jobs: int | None,
    chapters: tuple[str, ...],
    force: bool,
) -> None:
    """Make the reports of the CLIENTS named, or of all."""
    from analysis.batch import run as batch

    chosen = clients or tuple(params.clients(params_dir))
    if not chosen:
        raise RapportError(f"There is no client in {params_dir}; README says how to add one.")
    with _Bar(len(chosen)) as show:
        outcomes = batch.run(chosen, wave, params_dir, chapters, force, jobs, show.tell)
        outcomes += batch.overview(params_dir, outcomes)
    for outcome in outcomes:
        if outcome.client:
            click.echo(_line(outcome))
    index = params_dir.resolve().parent / "reports" / "index.html"
    click.echo(f"Reports: {index}")
    for outcome in outcomes:
        if outcome.status == "failed":
            click.echo(f"rapport: {outcome.client or 'overview'}: {outcome.sentence}", err=True)
    sys.exit(batch.exit_code(outcomes))


@cli.command(name="list")
@_PARAMS
def list_(params_dir: Path) -> None:
    """List clients and waves with the state of their reports."""
    from analysis.batch import run as batch

    for state in batch.states(params_dir):
        link = f"reports/{state['link']}" if state["link"] else state["problem"]
        click.echo(f"{state['client']:<16} {state['wave']:<12} {state['status']:<10} {link}")


@cli.command()
@_PARAMS
@click.argument("client")
@click.option("--wave", default=params.LATEST, help="Wave of the report; the latest if not given.")
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


def _line(outcome: Any) -> str:
    """One client's line at the end of a run."""
    what = f"{outcome.client:<16} {outcome.wave:<12} {outcome.status:<10}"
    if outcome.status == "made":
        return f"{what} {outcome.seconds:5.1f} s"
    return f"{what} {outcome.sentence if outcome.status == 'waiting' else ''}".rstrip()


class _Bar:
    """A bar over the notebooks of all clients; silent where there is no terminal."""

    def __init__(self, clients: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:.0f}/{task.total:.0f} chapters"),
            TimeElapsedColumn(),
        )
        console = Console(stderr=True)
        self._bar = Progress(*columns, console=console, disable=not console.is_terminal)
        self._task = self._bar.add_task(f"{clients} clients", total=0)

    def __enter__(self) -> "_Bar":
        self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.stop()

    def tell(self, client: str, event: str) -> None:
        """Take one event of `batch.run`."""
        if event.startswith("planned "):
            total = self._bar.tasks[0].total or 0
            self._bar.update(self._task, total=total + int(event.split()[1]))
        else:
            self._bar.update(self._task, advance=1, description=f"{client}: {event}")


if __name__ == "__main__":
    main()
