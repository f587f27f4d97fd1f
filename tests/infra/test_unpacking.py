"""Tar files are unpacked below their folder only, on every Python that the product runs on."""

import io
import tarfile

import pytest

from hauberk.infra.unpacking import unpack


def archive(*members):
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as files:
        for name, kind, content in members:
            member = tarfile.TarInfo(name)
            member.type, member.size, member.linkname = kind, len(content), "/etc/passwd"
            files.addfile(member, io.BytesIO(content))
    return tarfile.open(fileobj=io.BytesIO(written.getvalue()))


@pytest.fixture
def debian_12(monkeypatch):
    """Python 3.11.2, whose tarfile knows no filters."""
    extract = tarfile.TarFile.extract

    def without_filters(self, member, path="", set_attrs=True, *, numeric_owner=False):
        return extract(self, member, path, set_attrs, numeric_owner=numeric_owner)

    monkeypatch.setattr(tarfile.TarFile, "extract", without_filters)
    monkeypatch.delattr(tarfile.TarFile, "extractall")
    monkeypatch.delattr(tarfile, "data_filter", raising=False)


@pytest.mark.usefixtures("debian_12")
def test_files_and_folders_are_unpacked_by_a_python_without_filters(tmp_path):
    unpack(archive(("base", tarfile.DIRTYPE, b""), ("base/1", tarfile.REGTYPE, b"rows")), tmp_path)
    assert (tmp_path / "base" / "1").read_bytes() == b"rows"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("../out", tarfile.REGTYPE),
        ("/out", tarfile.REGTYPE),
        ("a/../../out", tarfile.REGTYPE),
        ("link", tarfile.SYMTYPE),
        ("device", tarfile.CHRTYPE),
    ],
)
def test_what_leads_outside_ends_it(tmp_path, name, kind):
    with pytest.raises(tarfile.TarError, match="no file or folder below"):
        unpack(archive((name, kind, b"")), tmp_path / "in")
    assert not (tmp_path / "out").exists()
