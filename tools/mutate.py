"""Mutation score: small faults are planted in the code where a lie costs most, one at a time; its tests must notice.

    mutate.py [--only access] [--at-most 60] [--list]

What survives is printed with its place, and score and survivors are kept as release evidence. Each mutant is a fork of
this process that has the libraries loaded already; the source files are never touched, the mutant is put in place of
the module while it is imported. With --at-most, of a file's mutants that many are taken, spread over it evenly.
"""

import argparse
import ast
import copy
import importlib.abc
import importlib.machinery
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src"
SECONDS = 120  # of one mutant; one that never ends is noticed too
# By what a lie would be about: the modules, each with the tests that have to see it.
TARGETS: dict[str, dict[str, list[str]]] = {
    "access": {
        "hauberk/domain/permissions.py": ["tests/domain/test_permissions.py"],
        "hauberk/features/identity/tokens.py": ["tests/features/identity/test_tokens.py"],
        "hauberk/features/identity/access.py": ["tests/features/identity", "tests/api/test_access.py"],
    },
    "merge": {
        "hauberk/domain/brake.py": ["tests/domain/test_brake.py"],
        "hauberk/domain/fingerprint.py": ["tests/domain/test_fingerprint.py"],
        "hauberk/ingest/known.py": ["tests/ingest/test_known.py"],
    },
    "jobs": {
        "hauberk/jobs/outbox.py": ["tests/jobs/test_events.py"],
        "hauberk/jobs/lease.py": ["tests/jobs/test_fence.py", "tests/jobs/test_claim.py"],
    },
    "limits": {
        "hauberk/parsers/sdk/archive.py": ["tests/parsers/sdk/test_archive.py"],
        "hauberk/api/middleware/rate_limit.py": ["tests/api/test_limits.py"],
    },
    "verdicts": {
        "hauberk/infra/readiness/answer.py": ["tests/features/readiness/test_verdicts.py"],
        "hauberk/features/readiness/service.py": ["tests/features/readiness/test_verdicts.py"],
    },
}
PRELOADED = (
    "pytest",
    "sqlalchemy.ext.asyncio",
    "fastapi",
    "psycopg",
    "redis.asyncio",
    "hypothesis",
    "lxml.etree",
)

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_OPERATIONS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}


Change = Callable[[], None]


@dataclass(frozen=True)
class Mutant:
    file: str
    line: int
    what: str
    tree: ast.Module


def mutants_of(file: str) -> list[Mutant]:
    tree = ast.parse((SOURCE / file).read_text(encoding="utf-8"))
    places = sum(1 for _ in _changes(tree))
    found = []
    for number in range(places):
        changed = copy.deepcopy(tree)
        line, what = _apply(changed, number)
        found.append(Mutant(file, line, what, ast.fix_missing_locations(changed)))
    return found


def _empty(file: str) -> Mutant:
    """What any test notices: if it does not, the mutants never came to be in the module's place."""
    return Mutant(file, 0, "empty", ast.Module(body=[], type_ignores=[]))


def _apply(tree: ast.Module, number: int) -> tuple[int, str]:
    for at, (line, what, change) in enumerate(_changes(tree)):
        if at == number:
            change()
            return line, what
    raise IndexError(number)


def _changes(tree: ast.Module) -> Iterator[tuple[int, str, Change]]:
    """Every fault that can be planted; what only speaks (annotations, docstrings, messages) is left alone."""
    for node in _spoken_for(tree):
        for what, change in (*_of_operators(node), *_of_values(node), *_of_statements(node)):
            yield getattr(node, "lineno", 0), what, change


def _of_operators(node: ast.AST) -> Iterator[tuple[str, Change]]:
    match node:
        case ast.Compare(ops=[op, *_]) if type(op) in _COMPARISONS:
            other = _COMPARISONS[type(op)]
            yield _turned(type(op), other), lambda: node.ops.__setitem__(0, other())
        case ast.BoolOp(op=op):
            joined = ast.Or if isinstance(op, ast.And) else ast.And
            yield _turned(type(op), joined), lambda: setattr(node, "op", joined())
        case ast.BinOp(op=op) if type(op) in _OPERATIONS:
            operation = _OPERATIONS[type(op)]
            yield _turned(type(op), operation), lambda: setattr(node, "op", operation())
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            twice = ast.UnaryOp(ast.Not(), operand)
            yield "not dropped", lambda: setattr(node, "operand", twice)


def _of_values(node: ast.AST) -> Iterator[tuple[str, Change]]:
    match node:
        case ast.Constant(value=bool() as value):
            yield f"{value} -> {not value}", lambda: setattr(node, "value", not value)
        case ast.Constant(value=int() as value):
            yield f"{value} -> {value + 1}", lambda: setattr(node, "value", value + 1)


def _of_statements(node: ast.AST) -> Iterator[tuple[str, Change]]:
    match node:
        case ast.If(test=test) | ast.IfExp(test=test):
            turned = ast.UnaryOp(ast.Not(), test)
            yield "condition turned", lambda: setattr(node, "test", turned)
        case ast.Return(value=value) if value is not None and not _is_none(value):
            yield "returns None", lambda: setattr(node, "value", ast.Constant(None))
        case ast.Expr(value=ast.Call() | ast.Await()):
            yield "call dropped", lambda: setattr(node, "value", ast.Constant(None))


def _turned(before: type[ast.AST], after: type[ast.AST]) -> str:
    return f"{before.__name__} -> {after.__name__}"


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _spoken_for(node: ast.AST) -> Iterator[ast.AST]:
    """Depth first, without what does nothing: annotations, decorators, what is said when something is raised or logged."""
    yield node
    silent: tuple[str, ...] = ("annotation", "returns", "decorator_list", "type_params")
    if isinstance(node, ast.Raise) or (isinstance(node, ast.Call) and _speaks(node)):
        return
    if isinstance(node, ast.ClassDef):
        silent = (*silent, "bases", "keywords")
    for name, value in ast.iter_fields(node):
        if name in silent:
            continue
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, ast.AST):
                yield from _spoken_for(each)


def _speaks(call: ast.Call) -> bool:
    """To the log, or to the types alone."""
    called = call.func
    if isinstance(called, ast.Attribute):
        return isinstance(called.value, ast.Name) and called.value.id in ("log", "_log")
    return isinstance(called, ast.Name) and called.id in ("TypeVar", "cast")


class _InPlace(importlib.abc.MetaPathFinder):
    """Finds the mutant where the module would be found."""

    def __init__(self, mutant: Mutant | None) -> None:
        self._mutant = mutant

    def find_spec(
        self, name: str, _path: object = None, _target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        mutant = self._mutant
        if mutant is None or name != mutant.file.removesuffix(".py").replace("/", "."):
            return None
        file = str(SOURCE / mutant.file)
        loader = _Loader(name, file)
        loader.tree = mutant.tree
        return importlib.machinery.ModuleSpec(name, loader, origin=file)


class _Loader(importlib.machinery.SourceFileLoader):
    tree: ast.Module

    def get_code(self, _name: str) -> CodeType:
        return compile(self.tree, self.path, "exec", dont_inherit=True)


def noticed(mutant: Mutant | None, tests: list[str]) -> bool:
    """Whether the tests fail with it; without one, whether they fail at all."""
    child = os.fork()
    if child == 0:
        _be_the_mutant(mutant, tests)
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        ended, outcome = os.waitpid(child, os.WNOHANG)
        if ended:
            return outcome != 0
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def _be_the_mutant(mutant: Mutant | None, tests: list[str]) -> None:
    os.setpgid(0, 0)
    if mutant is not None:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
    sys.meta_path.insert(0, _InPlace(mutant))
    import pytest  # noqa: PLC0415 - loaded by the parent

    code = 3
    # Without rewritten assertions: pytest's own finder would come first, and put the module in the mutant's place.
    options = ["-x", "-q", "-n0", "--assert=plain", "-p", "no:cacheprovider", "-m", "not faults"]
    try:
        code = int(pytest.main([*options, *tests]))
    finally:
        sys.stdout.flush()
        os._exit(code)


_HOLD = """
import json, sys, time
from pathlib import Path
from fixtures import servers
folder = Path(sys.argv[1])
found = servers.started(folder, folder / "hold")
(folder / "found.json").write_text(json.dumps(found))
with (folder / "hold").open("w"):
    sys.stdin.read()
for process in servers.STARTED:
    process.ask_to_stop()
for process in servers.STARTED:
    process.wait()
"""


@contextmanager
def servers() -> Iterator[None]:
    """One set for the tests of all mutants; they are held by a process of their own, which knows no mutant."""
    with tempfile.TemporaryDirectory(prefix="hauberk-mutate-") as folder:
        path = os.pathsep.join((str(ROOT / "tests"), str(SOURCE)))
        holder = subprocess.Popen(
            [sys.executable, "-c", _HOLD, folder],
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        found = Path(folder) / "found.json"
        while not found.exists():
            if holder.poll() is not None:
                sys.exit("The servers for the tests did not start.")
            time.sleep(0.1)
        os.environ["HAUBERK_TEST_SERVERS"] = str(found)
        try:
            yield
        finally:
            holder.communicate()


def taken(found: list[Mutant], at_most: int | None) -> list[Mutant]:
    if at_most is None or len(found) <= at_most:
        return found
    return [found[number * len(found) // at_most] for number in range(at_most)]


def measure(name: str, at_most: int | None) -> tuple[int, list[str]]:
    """How many mutants there were, and which nobody noticed."""
    count, survivors = 0, []
    for file, tests in TARGETS[name].items():
        if noticed(None, tests):
            sys.exit(f"The tests of {file} fail as it is: {' '.join(tests)}")
        if not noticed(_empty(file), tests):
            sys.exit(f"The tests of {file} do not even notice that it is empty: {' '.join(tests)}")
        began = time.monotonic()
        mutants = taken(mutants_of(file), at_most)
        lived = [each for each in mutants if not noticed(each, tests)]
        count += len(mutants)
        survivors += [f"{each.file}:{each.line} {each.what}" for each in lived]
        print(
            f"{name:<9} {file:<45} {len(mutants) - len(lived)} of {len(mutants)} noticed"
            f" ({time.monotonic() - began:.0f} s)",
            flush=True,
        )
        for each in lived:
            print(f"          survived: line {each.line}, {each.what}", flush=True)
    return count, survivors


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=sorted(TARGETS), action="append")
    parser.add_argument("--at-most", type=int, default=None, metavar="N", help="mutants of one file")
    parser.add_argument("--list", action="store_true", help="count the mutants, and run none")
    options = parser.parse_args()
    os.chdir(ROOT)
    if options.list:
        for name, files in TARGETS.items():
            for file in files:
                print(f"{name:<9} {file:<45} {len(mutants_of(file))}")
        return
    for library in PRELOADED:
        importlib.import_module(library)
    with servers():
        found = {name: measure(name, options.at_most) for name in options.only or TARGETS}
    scores = {name: round(100 * (1 - len(lived) / count), 1) for name, (count, lived) in found.items()}
    print("Mutation score: " + ", ".join(f"{name} {score:g} %" for name, score in scores.items()))
    if not options.only:
        keep(
            {
                **scores,
                "mutants": {name: count for name, (count, _) in found.items()},
                "survivors": {name: lived for name, (_, lived) in found.items()},
            }
        )


def keep(value: dict[str, object]) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(value, file)
        file.flush()
        script = str(ROOT / "tools" / "release_evidence.py")
        subprocess.run([sys.executable, script, "part", "mutation", file.name], check=True)


if __name__ == "__main__":
    main()
