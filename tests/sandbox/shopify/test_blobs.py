"""Contents are kept once, under their digest."""

import pytest

from sandbox.blobs import Blobs


def test_equal_contents_are_one_blob_and_are_found_after_a_restart(tmp_path):
    first = Blobs(tmp_path / "blobs").put(b"picture")
    again = Blobs(tmp_path / "blobs")
    assert again.put(b"picture") == first
    assert again.get(first) == again.path(first).read_bytes() == b"picture"
    assert len([path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]) == 1


def test_an_unknown_blob_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        Blobs(tmp_path).get("0" * 64)
