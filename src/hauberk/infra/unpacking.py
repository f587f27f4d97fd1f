"""Unpacks tar files of our own making into a folder, and nowhere else.

The standard library's filters are not there before Python 3.11.4, and Debian 12 has 3.11.2.
"""

import tarfile
from pathlib import Path, PurePosixPath


def unpack(archive: tarfile.TarFile, folder: Path) -> None:
    """Files and folders, as this user's; anything else, or a name that leads outside, ends it."""
    archive.extraction_filter = lambda member, _: member  # checked below, on every version alike
    for member in archive:
        path = PurePosixPath(member.name)
        if path.is_absolute() or ".." in path.parts or not (member.isreg() or member.isdir()):
            raise tarfile.TarError(f"{member.name} is no file or folder below where it is unpacked")
        archive.extract(member, folder, set_attrs=False)
