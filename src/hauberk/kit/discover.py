"""Discovery: a file with the right name in the right folder is found, so nothing has to be registered.

An import that fails is raised, never skipped: a broken file must not vanish silently.
"""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType


def modules(package: str, name: str) -> list[ModuleType]:
    """Import `<package>.<any sub-package>.<name>` wherever that file exists, in order of name."""
    return [
        import_module(f"{child}.{name}")
        for child, is_package in _children(package)
        if is_package and find_spec(f"{child}.{name}") is not None
    ]


def children(package: str) -> list[ModuleType]:
    """Import every module directly in `package`, in order of name."""
    return [import_module(child) for child, _ in _children(package)]


def names(package: str) -> list[str]:
    """The names of the modules directly in `package`, without importing them."""
    return [child.rpartition(".")[2] for child, _ in _children(package)]


def _children(package: str) -> Iterator[tuple[str, bool]]:
    root = import_module(package)
    for found in sorted(pkgutil.iter_modules(root.__path__), key=lambda each: each.name):
        yield f"{package}.{found.name}", found.ispkg


def everywhere(package: str, name: str) -> list[ModuleType]:
    """Import every `name.py`, and every module of a package `name`, at any depth below `package`."""
    root = Path(next(iter(import_module(package).__path__)))
    found = {*root.rglob(f"{name}.py"), *root.rglob(f"{name}/**/*.py")}
    dotted = {
        ".".join((package, *path.relative_to(root).with_suffix("").parts)).removesuffix(".__init__")
        for path in found
    }
    return [import_module(each) for each in sorted(dotted)]
