"""Discovery: a file with the right name is found, and a broken one is not passed over."""

import sys

import pytest

from hauberk.kit import discover


@pytest.fixture
def plants(tmp_path, monkeypatch):
    root = tmp_path / "plants"
    for name in ("oak", "ash", "fern"):
        (root / name).mkdir(parents=True)
        (root / name / "__init__.py").touch()
    (root / "__init__.py").touch()
    (root / "seed.py").touch()
    (root / "oak" / "leaf.py").write_text("SHAPE = 'lobed'\n")
    (root / "ash" / "leaf.py").write_text("SHAPE = 'pinnate'\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield root
    for name in [each for each in sys.modules if each.split(".")[0] == "plants"]:
        del sys.modules[name]


def test_every_file_of_that_name_is_found_in_order(plants):
    assert [module.SHAPE for module in discover.modules("plants", "leaf")] == ["pinnate", "lobed"]


def test_all_modules_of_a_package_are_found(plants):
    assert [module.__name__ for module in discover.children("plants")] == [
        "plants.ash",
        "plants.fern",
        "plants.oak",
        "plants.seed",
    ]


def test_names_are_told_without_an_import(plants):
    (plants / "broken.py").write_text("raise RuntimeError\n")
    assert "broken" in discover.names("plants")


def test_a_broken_file_is_not_passed_over(plants):
    (plants / "oak" / "leaf.py").write_text("import does_not_exist\n")
    with pytest.raises(ModuleNotFoundError):
        discover.modules("plants", "leaf")
