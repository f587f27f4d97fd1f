"""Links between findings of two kinds: each rule, and where it says nothing."""

import pytest

from hauberk.domain.correlation import Related, reasons
from hauberk.domain.finding import FindingKind as Kind


def of(kind, *, flaws=(), cwes=(), **place):
    return Related(kind, frozenset(flaws), frozenset(cwes), (place,) if place else ())


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (of(Kind.SCA, flaws=[7]), of(Kind.INFRASTRUCTURE, flaws=[7, 8]), ["same_vulnerability"]),
        (of(Kind.SCA, flaws=[7]), of(Kind.SCA, flaws=[7]), []),
        (
            of(Kind.SAST, cwes=[798], path="src/a.py", line=3),
            of(Kind.SECRET, cwes=[798], path="./src/a.py", line=90),
            ["same_file_and_weakness"],
        ),
        (of(Kind.SAST, path="a.py", line=3), of(Kind.SECRET, path="a.py", line=5), ["same_lines"]),
        (of(Kind.SAST, path="a.py", line=3), of(Kind.SECRET, path="a.py", line=9), []),
        (of(Kind.SAST, path="a.py", line=3), of(Kind.SECRET, path="b.py", line=3), []),
        (
            of(Kind.DAST, cwes=[89], url="https://shop.test/api/orders/17?x=1"),
            of(Kind.SAST, cwes=[89], path="src/api/orders.py", line=1),
            ["same_route_and_weakness"],
        ),
        (
            of(Kind.DAST, cwes=[79], url="https://shop.test/orders"),
            of(Kind.SAST, cwes=[89], path="orders.py"),
            [],
        ),
        (of(Kind.DAST, cwes=[89], url="https://shop.test/"), of(Kind.SAST, cwes=[89], path="index.py"), []),
    ],
)
def test_what_belongs_together(one, other, expected):
    assert reasons(one, other) == reasons(other, one) == expected
