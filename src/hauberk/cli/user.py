"""`hauberk user`: people and how they get in, on the machine that has the database."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import typer

app = typer.Typer(help="People and how they get in.", no_args_is_help=True)

Email = Annotated[str, typer.Argument(help="The person's e-mail address.")]


def with_context(work: Callable[[Any], Awaitable[Any]]) -> Any:
    """Runs `work(context)` on the database of the settings."""
    from sqlalchemy.exc import OperationalError

    from hauberk.db.installation import NotMigratedError
    from hauberk.features.identity.context import opened
    from hauberk.infra.settings import load_settings
    from hauberk.kit.errors import Unavailable

    log_to_stderr()
    settings = load_settings()

    async def run() -> Any:
        async with opened(settings, application_name="hauberk-cli") as context:
            return await work(context)

    try:
        return asyncio.run(run())
    except OperationalError as error:
        raise Unavailable(f"The database does not answer: {error.orig}") from error
    except NotMigratedError as error:
        raise Unavailable(str(error)) from error


def log_to_stderr() -> None:
    """What a command prints is its answer; what is worth a warning stands beside it."""
    import structlog

    from hauberk.infra.telemetry.redaction import redact_record

    structlog.configure(
        processors=[  # an exception as its text: what stands in its frames is not for a terminal
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            redact_record,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger("warning"),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


@app.command("ensure-admin")
def ensure_admin() -> None:
    """Make the first administrator, from HAUBERK_ADMIN_EMAIL and HAUBERK_ADMIN_PASSWORD, when nobody exists yet."""
    from hauberk.features.identity import installation

    made = with_context(installation.ensure_first_administrator)
    print("The first administrator was made." if made else "There are people already; nothing was changed.")


@app.command("sign-in-link")
def sign_in_link(
    email: Annotated[
        str | None, typer.Argument(help="Whose; unset: HAUBERK_ADMIN_EMAIL.", show_default=False)
    ] = None,
    first_start: Annotated[
        bool,
        typer.Option(
            "--first-start",
            help="As 'hauberk up' does: print nothing when the person has a password.",
        ),
    ] = False,
) -> None:
    """Print a link that signs a person in once, within 15 minutes. It is written to no log.

    While nobody exists, the administrator of HAUBERK_ADMIN_EMAIL is made first.

    Example: hauberk user sign-in-link ada@example.org
    """
    from hauberk.features.identity import installation, signing_in
    from hauberk.kit.errors import NotFound

    async def work(context: Any) -> str | None:
        whose = (email or context.settings.admin.email).strip().lower()
        if first_start or email is None:
            await installation.ensure_first_administrator(context)
        if first_start and await installation.has_password(context, whose):
            return ""
        return await signing_in.make_link(context, whose)

    link = with_context(work)
    if link is None and not first_start:
        raise NotFound("person", email or "with the administrator's address")
    if link:
        print(link)


@app.command("add")
def add(
    email: Email,
    name: Annotated[str, typer.Option("--name", help="Shown to others.", show_default="the address")] = "",
    role: Annotated[str, typer.Option("--role", help="admin, member or viewer.")] = "member",
    organization: Annotated[
        str,
        typer.Option("--organization", help="Needed where there are several.", show_default="the only one"),
    ] = "",
) -> None:
    """Make a person a member, and print a one-time link to sign in with.

    Example: hauberk user add ada@example.org --role admin
    """
    from hauberk.features.identity import installation, signing_in

    async def work(context: Any) -> str | None:
        await installation.add_member(context, email=email, name=name, role=role, organization=organization)
        return await signing_in.make_link(context, email.strip().lower())

    link = with_context(work)
    article = "an" if role == "admin" else "a"
    print(f"{email} is {article} {role} now. Sign in once, within 15 minutes, with {link}")


@app.command("list")
def list_users() -> None:
    """List everybody, by organization."""
    from hauberk.features.identity import installation

    for organization, people in with_context(installation.everybody):
        print(organization.name)
        for each in people:
            disabled = "  (disabled)" if each.is_disabled else ""
            print(f"  {each.email:<40} {each.role:<8} {each.name}{disabled}")


@app.command("disable")
def disable(
    email: Email,
    enable: Annotated[bool, typer.Option("--undo", help="Let the person in again.")] = False,
) -> None:
    """Shut a person out of every organization, at once; sessions and tokens stop working."""
    from hauberk.features.identity import installation

    async def work(context: Any) -> None:
        await installation.disable_everywhere(context, email, disabled=not enable)

    with_context(work)
    print(f"{email} can sign in again." if enable else f"{email} is shut out.")


@app.command("password")
def password(email: Email) -> None:
    """Set a person's password; it is read from the terminal or, in a pipe, from standard input."""
    from hauberk.features.identity import installation

    new = (
        typer.prompt("New password", hide_input=True, confirmation_prompt=True)
        if sys.stdin.isatty()
        else sys.stdin.readline().rstrip("\n")
    )

    async def work(context: Any) -> None:
        await installation.set_password(context, email, new)

    with_context(work)
    print(f"The password of {email} is changed; every session of it has ended.")
