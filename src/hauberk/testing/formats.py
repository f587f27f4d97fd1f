"""Point it at a folder of samples, and it proves their formats:

    from pathlib import Path
    from hauberk.testing.formats import FormatTests

    class TestFormats(FormatTests):
        samples = Path(__file__).parent / "samples"

A sample is `<format id>/<case>.<ext>`; `<case>.golden.jsonl` beside it holds every record it yields, one a line.
`pytest --rewrite-goldens` writes those anew; the reviewer reads the diff. See `docs/guides/bring-your-own-format.md`.
"""

from hauberk.testing.damage import DamageTests
from hauberk.testing.identity import IdentityTests
from hauberk.testing.reading import ReadingTests


class FormatTests(ReadingTests, DamageTests, IdentityTests):
    """All there is to prove of a format; set `samples`."""
