"""`hauberk readiness`: proves, row by row, that this installation is fit for production."""

import asyncio
from typing import Annotated, Any

import typer

_MARKS = {"PASS": "green", "WARN": "yellow", "FAIL": "red", "SKIP": "bright_black", "WAIVED": "cyan"}


def readiness(
    url: Annotated[
        str, typer.Option("--url", help="Somebody's site, seen from outside only.", show_default="this one")
    ] = "",
    level: Annotated[str, typer.Option("--level", help="must, should (both of them) or all.")] = "all",
    only: Annotated[
        str, typer.Option("--only", help="Groups or rows, such as SEC,INF-3.", show_default="all")
    ] = "",
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="Warnings, skipped and waived rows count as failed too, and so does a record that was changed.",
        ),
    ] = False,
) -> None:
    """Look at the running installation and print what is proved, what is not, and what to do about it.

    It stops, kills and pages nothing and changes nobody's data: safe in production. Exit status 1 when a row fails, 2 when the
    settings are refused.

    \b
    Examples:
      hauberk readiness --level must
      hauberk readiness --only SEC --json
      hauberk readiness --url https://hauberk.example.org
    """
    from hauberk.features.readiness import service
    from hauberk.features.readiness.rows import ROWS
    from hauberk.infra.settings.loading import EXIT_WRONG_SETTINGS

    if level not in ("must", "should", "all"):
        raise typer.BadParameter("It is must, should or all.", param_hint="--level")
    names = [each.strip().upper() for each in only.split(",") if each.strip()]
    known = {*ROWS, *(row.partition("-")[0] for row in ROWS)}
    if unknown := [name for name in names if name not in known]:
        raise typer.BadParameter(f"There is no row or group {', '.join(unknown)}.", param_hint="--only")
    if url and not url.startswith(("http://", "https://")):
        raise typer.BadParameter("An address begins with http:// or https://.", param_hint="--url")
    rows = [
        row.id
        for row in ROWS.values()
        if (not names or row.id in names or row.id.partition("-")[0] in names)
        and (level == "all" or row.level == "must" or (level == "should" and row.level == "should"))
    ]
    if not rows:
        raise typer.BadParameter(f"No row of {', '.join(names)} is of level {level}.", param_hint="--only")
    problems = [] if url else _problems()
    chain = None
    if problems:
        reports = _unseen("The settings are refused", problems, rows)
    else:
        reports, chain = _reports(url.rstrip("/"), rows)
    if json:
        _print_json(reports)
    else:
        _print(reports)
    if chain is not None:
        _tell_of_records(chain)
    if problems:
        raise typer.Exit(EXIT_WRONG_SETTINGS)
    is_whole = chain is None or not chain.flaws or not strict
    raise typer.Exit(0 if is_whole and service.verdict(reports, strict=strict) else 1)


def _problems() -> list[str]:
    """Of the settings: with these nothing starts, so there is nothing to look at either."""
    import os

    from hauberk.infra.settings.loading import SettingsError, read_settings, tell

    try:
        read_settings(os.environ)
    except SettingsError as error:
        tell(error.problems)
        return error.problems
    return []


def _unseen(why: str, problems: list[str], rows: list[str]) -> Any:
    import os

    from hauberk.features.readiness import unseen
    from hauberk.infra.settings.loading import collect

    named = collect(os.environ)[0].get("HAUBERK_ENVIRONMENT", "")
    return unseen.reports(why, problems, rows, is_exposed=named in ("staging", "production"))


def _reports(url: str, rows: list[str]) -> tuple[Any, Any]:
    from hauberk.cli.user import log_to_stderr, with_context
    from hauberk.db.installation import NotMigratedError
    from hauberk.features.readiness import probing, records, reporting, service
    from hauberk.kit.errors import Conflict, Unavailable

    async def from_outside() -> Any:
        async with probing.from_outside(url) as probe:
            return await service.run(probe, rows)

    async def from_inside(context: Any) -> Any:
        async with probing.from_inside(context) as probe:
            return await reporting.look(context, probe, rows), await records.chain_of(context)

    if url:
        log_to_stderr()
        return asyncio.run(from_outside()), None
    try:
        found: tuple[Any, Any] = with_context(from_inside)
    except (Unavailable, Conflict) as error:
        typer.echo(f"hauberk: {error}", err=True)
        about = "INF-4" if isinstance(error, Conflict) else "HAUBERK_DATABASE_URL"
        about = "DEL-6" if isinstance(error.__cause__, NotMigratedError) else about
        told = f"{about}: {' '.join(str(error).split())}"
        return _unseen("The database cannot be used", [told], rows), None
    return found


def _tell_of_records(chain: Any) -> None:
    """Beside the answer: what was changed or taken away of all that was ever recorded, also what no row rests on now."""
    if chain.earlier:
        typer.echo(
            f"hauberk: {chain.earlier} of the records, attestations and waivers were kept before they were chained:"
            " what was done to them until then is not known.",
            err=True,
        )
    for flaw in chain.flaws:
        typer.secho(f"hauberk: {flaw.what}", fg="red", err=True)


def _print_json(reports: Any) -> None:
    from hauberk.features.readiness.schemas import ReadinessItemSchema

    for report in reports:
        print(ReadinessItemSchema.of(report).model_dump_json())


def _print(reports: Any) -> None:
    group = ""
    for report in reports:
        if report.row.group != group:
            group = report.row.group
            typer.secho(f"\n{group}", bold=True)
        answer = report.answer
        mark = typer.style(f"{answer.result.value:<6}", fg=_MARKS[answer.result.value])
        typer.echo(f"{mark} {report.row.id:<8} {report.row.title}")
        print(f"                {answer.evidence} [{answer.kind.value}]")
        if answer.advice and answer.result.value != "PASS":
            print(f"                → {answer.advice}")
        if report.owner or report.due_on:
            due = f", due {report.due_on}" if report.due_on else ""
            print(f"                {report.owner or 'nobody'}{due}")
    print(f"\n{_sum(reports)}")


def _sum(reports: Any) -> str:
    """`Must 6/6, should 5/6, nice 3/12, expected 40/63. 54 PASS (2 attested), 3 WARN.`"""
    from hauberk.features.readiness import service

    levels = ", ".join(f"{level} {done}/{of}" for level, (done, of) in service.by_level(reports).items())
    attested = service.attested(reports)
    by_word = f" ({attested} attested)" if attested else ""
    counts = ", ".join(
        f"{n} {name}{by_word if name == 'PASS' else ''}" for name, n in service.summary(reports).items() if n
    )
    return f"{levels[:1].upper()}{levels[1:]}. {counts}."
