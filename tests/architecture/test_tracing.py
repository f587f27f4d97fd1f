"""Measuring coverage must not stop the process that is measured."""

from types import MethodWrapperType

from fixtures.tracing import QuietKeys


class _Key:
    pass


def test_a_key_that_goes_is_forgotten_without_running_python():
    key = _Key()
    known = QuietKeys({key: "kept"})
    assert known[key] == "kept"
    del key
    assert not known
    assert isinstance(known._remove, MethodWrapperType)
