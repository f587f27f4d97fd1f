"""Loading of the settings: environment, `.env`, `NAME_FILE`, the home's secrets; every problem in one message."""

import difflib
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic import SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import EnvSettingsSource

from hauberk.infra.settings.home import Home
from hauberk.infra.settings.model import Settings
from hauberk.infra.settings.sections import Section

PREFIX = "HAUBERK_"
ALIASES = {"SECRET_KEY": "HAUBERK_SECRET_KEYS"}
NOT_SETTINGS = frozenset({"HAUBERK_URL", "HAUBERK_TOKEN", "HAUBERK_SKIP_FRONTEND"})
EXIT_WRONG_SETTINGS = 2


class SettingsError(Exception):
    """The settings cannot be used; `problems` are sentences."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load_settings(*, servers: bool = True, **overrides: Any) -> Settings:
    """The settings of this process, with the home's secrets and running servers; on problems says all and exits 2."""
    try:
        return read_settings(os.environ, servers=servers, **overrides)
    except SettingsError as error:
        tell(error.problems)
        raise SystemExit(EXIT_WRONG_SETTINGS) from error


def read_settings(environment: Mapping[str, str], *, servers: bool = True, **overrides: Any) -> Settings:
    """As `load_settings`, from a given environment; raises `SettingsError`.

    `servers=False` leaves the addresses of embedded servers empty: for what starts them, or needs none.
    """
    variables, problems = collect(environment)
    values = _nest(variables)
    values.update({name: value for name, value in overrides.items() if value is not None})
    settings, wrong = _validate(values)
    problems += wrong
    if settings is not None:
        problems += _missing_secrets(settings)
    if problems or settings is None:
        raise SettingsError(problems)
    return _completed(settings, servers=servers)


def scratch_settings(home: Path, **given: str) -> Settings:
    """Of servers of their own in that folder: nothing of this installation's settings, nor of a `.env`, is in them."""
    emptied = dict.fromkeys(variable_names(), "")
    own = {"HAUBERK_ENVIRONMENT": "test", "HAUBERK_HOME": str(home), **given}
    return read_settings({**emptied, **own}, servers=False)


def collect(environment: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Every setting that is given, by variable name: environment over `.env`, and the content of `NAME_FILE`."""
    given = {name: value for name, value in dotenv_values(".env").items() if value is not None}
    given.update(environment)
    known = {*variable_names(), *ALIASES}
    found: dict[str, str] = {}
    problems = []
    for name, value in given.items():
        base = name.removesuffix("_FILE")
        if name in known and value:
            found[name] = value
        elif base in known and base != name and value:
            try:
                found[base] = Path(value).read_text(encoding="utf-8").strip()
            except OSError as error:
                problems.append(f"{name}: {value} cannot be read ({error.strerror}).")
        elif name.startswith(PREFIX) and name not in known and name not in NOT_SETTINGS and base not in known:
            _warn_unknown(name, known)
    for alias, name in ALIASES.items():
        if alias in found:
            found.setdefault(name, found.pop(alias))
    return {name: value for name, value in found.items() if name not in ALIASES}, problems


def problems_of(variables: Mapping[str, str]) -> list[str]:
    """What is wrong with these variables alone, in sentences: for a file that is not this process's own."""
    known = {*variable_names(), *ALIASES}
    unknown = [
        f"{name} is not a setting." for name in variables if name.startswith(PREFIX) and name not in known
    ]
    settings, wrong = _validate(_nest({name: value for name, value in variables.items() if name in known}))
    return [*unknown, *wrong, *(_missing_secrets(settings) if settings else [])]


def variable_names() -> dict[str, tuple[str, ...]]:
    """Every environment variable and the path of its field: `HAUBERK_TLS_CERT` is `("tls", "cert")`."""
    names: dict[str, tuple[str, ...]] = {}
    for name, field in Settings.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and issubclass(section, Section):
            names |= {f"{PREFIX}{name}_{each}".upper(): (name, each) for each in section.model_fields}
        else:
            names[f"{PREFIX}{name}".upper()] = (name,)
    return names


def _nest(variables: Mapping[str, str]) -> dict[str, Any]:
    """By section and field, as pydantic-settings reads an environment."""
    source = EnvSettingsSource(Settings)
    source.env_vars = {name.lower(): value for name, value in variables.items()}
    return source()


def _validate(values: dict[str, Any]) -> tuple[Settings | None, list[str]]:
    """The settings, or every problem: what is wrong alone, and what is wrong between the values that are right."""
    try:
        return Settings(**values), []
    except ValidationError as error:
        wrong = error.errors()
    problems = [line for each in wrong for line in _sentences(each)]
    alone = [
        tuple(str(part) for part in each["loc"][:2] if isinstance(part, str)) for each in wrong if each["loc"]
    ]
    if alone:
        right = {
            name: {field: each for field, each in value.items() if (name, field) not in alone}
            if isinstance(value, dict)
            else value
            for name, value in values.items()
            if (name,) not in alone
        }
        problems += _validate(right)[1]
    return None, problems


def _missing_secrets(settings: Settings) -> list[str]:
    """Several machines must share their secrets, so none is made up where the database is somebody else's."""
    if settings.secret_keys or not (settings.environment.is_exposed and settings.database.url):
        return []
    advice = "it must be given, the same on every machine. Make one with 'hauberk secret new'."
    return [f"HAUBERK_SECRET_KEYS is missing: with HAUBERK_DATABASE_URL set {advice}"]


def _completed(settings: Settings, *, servers: bool) -> Settings:
    """With what the home knows: its generated secrets and, when `hauberk up` runs, its port and the servers' addresses."""
    home = Home(settings.home.expanduser().absolute())
    changes: dict[str, Any] = {"home": home.path}
    if not settings.secret_keys:
        changes["secret_keys"] = (SecretStr(home.secrets().secret_key),)
    if servers:
        running = home.running()
        if running.port is not None and "port" not in settings.model_fields_set:
            changes["port"] = running.port
        for name, addresses in running.servers.items():
            section: Section = getattr(settings, name)
            if not getattr(section, "url", ""):
                changes[name] = section.model_copy(update=addresses)
    return settings.model_copy(update=changes)


def _sentences(error: ErrorDetails) -> list[str]:
    if error["type"] == "together":
        return error["msg"].splitlines()
    path = [str(part) for part in error["loc"] if not isinstance(part, int)]
    known = variable_names()
    variable = next(
        (name for name, place in known.items() if list(place) == path[: len(place)]), "_".join(path)
    )
    message = error["msg"].removeprefix("Value error, ").removeprefix("Input ").rstrip(".")
    return [f"{variable} {message}."]


def _warn_unknown(name: str, known: set[str]) -> None:
    close = difflib.get_close_matches(name, known, n=1)
    advice = f" Did you mean {close[0]}?" if close else ""
    sys.stderr.write(f"hauberk: {name} is not a setting and has no effect.{advice}\n")


def tell(problems: list[str]) -> None:
    """All of them, to the one who started this."""
    lines = "".join(f"  - {problem}\n" for problem in problems)
    sys.stderr.write(f"Hauberk cannot start: its settings have {len(problems)} problem(s).\n{lines}")
    sys.stderr.write("Every setting is described in .env.example.\n")
