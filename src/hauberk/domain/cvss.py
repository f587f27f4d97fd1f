"""CVSS: a scanner's vectors and scores, checked, and a missing score worked out from its vector."""

import math
from functools import lru_cache
from typing import Any

from cvss import CVSS2, CVSS3, CVSS4
from cvss.exceptions import CVSSError

from hauberk.domain.reported import Cvss

_VERSIONS = {"2": "2.0", "3": "3.0", "4": "4.0"}
"""What only says which of the standards, as a number in JSON does."""
_BASE = ("AV", "AC", "PR", "UI", "S", "C", "I", "A")


def assessment(
    vector: Any = None, score: Any = None, source: str | None = None, version: str | None = None
) -> Cvss | None:
    """One assessment, or None where neither vector nor score is usable. A valid vector decides score and version."""
    text = vector.strip() if isinstance(vector, str) and len(vector) <= 400 else None
    usable = None if score is None else _usable(score)
    return _made(text, usable, source, version) if text or usable is not None else None


@lru_cache(maxsize=4096)  # reports repeat a vulnerability for every package and place
def _made(vector: str | None, score: float | None, source: str | None, version: str | None) -> Cvss | None:
    known = _of_vector(vector, "3.1" if version == "3.1" else "3.0") if vector else None
    if known is not None:
        return Cvss(score=score or known[0], vector=known[1], version=known[2], source=source)
    named = _VERSIONS.get(version, version) if version else None
    return Cvss(score=score, version=named, source=source) if score is not None else None


def _of_vector(vector: str, version: str) -> tuple[float, str, str] | None:
    """`version`: of a vector that looks like one of version 3 and does not say which."""
    text = vector.strip("()/").removeprefix("CVSS2#").upper().removeprefix("CVSS:2.0/")
    if "/PR:" in text and not text.startswith("CVSS:"):
        text = f"CVSS:{version}/{text}"
    return _valid(text) or (_valid(_base_of(text)) if text.startswith("CVSS:3") else None)


def _base_of(text: str) -> str:
    """Without what no standard knows: Dependency-Check 10 writes its exploitability behind the base metrics (`E:3.9`)."""
    return "/".join(
        each for each in text.split("/") if each.startswith("CVSS:") or each.partition(":")[0] in _BASE
    )


def _valid(text: str) -> tuple[float, str, str] | None:
    try:
        if text.startswith("CVSS:4"):
            return float(CVSS4(text).base_score), text, "4.0"
        if text.startswith("CVSS:3"):
            return float(CVSS3(text).base_score), text, text[5:8]
        if "/AU:" in text:
            text = text.replace("/AU:", "/Au:")
            return float(CVSS2(text).base_score), text, "2.0"
    except (CVSSError, ValueError, ArithmeticError):
        return None
    return None


def _is_short(score: Any) -> bool:
    return isinstance(score, (int, float, str)) and len(str(score)) < 20


def _usable(score: Any) -> float | None:
    try:
        number = float(score) if type(score) is float or _is_short(score) else math.nan
    except ValueError:
        return None
    return number if 0 <= number <= 10 and not isinstance(score, bool) else None
