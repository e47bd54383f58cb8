"""What an error of our own is kept as, whatever it was raised with."""

import errno

import pytest

from linking.attempts import own_error


class Unprintable:
    def __str__(self) -> str:
        raise ValueError


@pytest.mark.parametrize(
    ("strerror", "words"),
    [
        ("No space left.", "(No space left; reference abc)"),
        (b"bytes", "(b'bytes'; reference abc)"),
        (ValueError("odd"), "(odd; reference abc)"),
        (True, "(True; reference abc)"),
        (Unprintable(), "(reference abc)"),
        (None, "(reference abc)"),
    ],
)
def test_whatever_the_system_says_is_kept_as_text(strerror, words):
    assert words in str(own_error(OSError(errno.ENOSPC, strerror), "abc"))
