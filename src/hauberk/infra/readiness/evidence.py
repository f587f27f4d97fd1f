"""The release evidence: what the build writes into the wheel about itself, signed, because an installed copy has no tests.

`{"evidence": {"source": …, "commit": …, "suites": …, …}, "signature": {"key": …, "value": …}}`. It speaks for this
build only: another source hash, or a signature that does not fit, and nothing of it counts.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hauberk.infra.readiness import build
from hauberk.infra.readiness.answer import Answer, Kind, skipped
from hauberk.infra.readiness.probe import Probe


@dataclass(frozen=True, slots=True)
class ReleaseEvidence:
    """`parts` is empty when there is a `flaw`."""

    parts: Mapping[str, Any]
    flaw: str | None = None

    @property
    def signed_by(self) -> str:
        """Words for evidence: which key, and what that is worth."""
        key = str(self.parts.get("signed_by", ""))[:16]
        is_throwaway = self.parts.get("is_key_throwaway", True)
        return f"signed by {key}" + (", a key of that build alone" if is_throwaway else "")


def canonical(parts: Mapping[str, Any]) -> bytes:
    """What is signed."""
    return json.dumps(parts, sort_keys=True, separators=(",", ":")).encode()


def read(path: Path | None = None, *, trusted_key: str = "") -> ReleaseEvidence:
    """`trusted_key`: the only key (hexadecimal) whose signature counts, when one is set."""
    file = path or build.package() / build.EVIDENCE
    try:
        document = json.loads(file.read_bytes())
        parts, key = document["evidence"], document["signature"]["key"]
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(
            bytes.fromhex(document["signature"]["value"]), canonical(parts)
        )
    except FileNotFoundError:
        return ReleaseEvidence({}, "This build has no release evidence")
    except (OSError, ValueError, KeyError, TypeError, InvalidSignature):
        return ReleaseEvidence({}, "The release evidence was changed, or is not readable")
    if trusted_key and key != trusted_key:
        return ReleaseEvidence({}, f"The release evidence is signed by another key ({key[:16]})")
    if parts.get("source") != build.source_hash():
        return ReleaseEvidence({}, f"Evidence of another build ({str(parts.get('source'))[:12]})")
    return ReleaseEvidence({**parts, "signed_by": key})


async def released(probe: Probe) -> ReleaseEvidence:
    """This build's, read once for all checks of a run."""

    async def look() -> ReleaseEvidence:
        settings = probe.inside.settings.readiness
        return read(trusted_key=settings.release_key)

    return await probe.once("release evidence", look)


def missing(evidence: ReleaseEvidence, part: str) -> Answer:
    """SKIP, for a check whose part of the evidence is not there."""
    why = evidence.flaw or f"The release evidence says nothing of {part}"
    return skipped(
        f"{why}.",
        "Build the release where its checks ran (tools/release_evidence.py says what it takes).",
        kind=Kind.RECORD,
    )
