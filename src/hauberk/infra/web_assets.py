"""Where the built front end is: inside the installed package, or in `web/dist` of a checkout."""

from pathlib import Path

import hauberk


def web_root() -> Path | None:
    """The folder with `index.html`, or None when the front end was never built."""
    package = Path(hauberk.__file__).parent
    for folder in (package / "web", package.parents[1] / "web" / "dist"):
        if (folder / "index.html").is_file():
            return folder
    return None
