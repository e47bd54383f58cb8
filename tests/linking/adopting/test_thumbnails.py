"""Thumbnails come from the hosts of both services alone, small and in time; whatever else answers is not known."""

import io

import pytest
from PIL import Image

from linking.adopting import thumbnails
from linking.adopting.grids import look_of
from linking.adopting.thumbnails import fetch, is_allowed
from linking.domain.adopting import ALIKE, SAME, apart
from tests import photos
from tests.peer import Answer

HOSTS = frozenset({"res.cloudinary.com", "localhost:8001"})


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://cdn.shopify.com/s/files/1/a.jpg", True),
        ("https://res.cloudinary.com/demo/image/upload/a.jpg", True),
        ("http://localhost:8001/cdn/a.jpg", True),
        ("http://cdn.shopify.com/a.jpg", False),
        ("http://localhost:9000/a.jpg", False),
        ("http://169.254.169.254/latest/meta-data", False),
        ("https://cdn.shopify.com.example/a.jpg", False),
        ("https://cdn.shopify.com@10.0.0.1/a.jpg", False),
        ("https://10.0.0.1/a.jpg", False),
        ("file:///etc/passwd", False),
        ("ftp://res.cloudinary.com/a.jpg", False),
        ("https://[broken/a.jpg", False),
        ("", False),
    ],
)
def test_no_other_host_is_asked(url, allowed):
    assert is_allowed(url, HOSTS) == allowed


@pytest.mark.parametrize("status", [302, 403, 500])
def test_a_redirect_is_not_followed_and_an_error_is_no_picture(listening, status):
    hosts = frozenset({listening.url.removeprefix("http://")})
    listening.answers(Answer(b"a picture", status=status, headers={"Location": f"{listening.url}/elsewhere"}))
    assert fetch(f"{listening.url}/a.jpg", hosts) is None
    assert len(listening.asked) == 1


def test_what_is_too_much_is_not_read_to_its_end(scene, monkeypatch):
    place = scene()
    monkeypatch.setattr(thumbnails, "MOST_BYTES", 10)
    hosts = frozenset({place.url.removeprefix("http://")})
    assert fetch(f"{place.url}/world.json", hosts) is None


DRIPPING = {
    "headers": Answer(b"HTTP/1.1 200 OK\r\nX-A: ", drip=b"x", bare=True),
    "body": Answer(b"a", drip=b"x"),
    "chunks": Answer(b"ffff\r\n", headers={"Transfer-Encoding": "chunked"}, drip=b"x"),
}


@pytest.mark.parametrize("where", DRIPPING)
def test_what_comes_byte_by_byte_is_left_at_the_deadline(listening, monkeypatch, where):
    """Each byte is in time for every timeout of a socket; the peer sends them for as long as it is listened to."""
    monkeypatch.setattr(thumbnails, "SECONDS", 0.3)
    listening.answers(DRIPPING[where])
    assert fetch(f"{listening.url}/a.jpg", frozenset({listening.url.removeprefix("http://")})) is None


def test_an_abort_is_heard_while_pictures_come(listening):
    """A run is not held by what drips."""

    def abort():
        raise InterruptedError

    listening.answers(DRIPPING["body"])
    hosts = {listening.url.removeprefix("http://")}
    with pytest.raises(InterruptedError):
        thumbnails.fetched({"a": f"{listening.url}/a.jpg"}, hosts, until=float("inf"), pause=abort)


def test_after_its_time_nothing_is_begun():
    assert thumbnails.fetched({"a": "https://cdn.shopify.com/a.jpg"}, (), until=0) == {}


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"<svg/>", photos.photo(1)[:500]])
def test_what_is_no_picture_looks_like_nothing(content):
    assert look_of(content) is None


def test_a_picture_with_too_many_pixels_is_not_decoded():
    out = io.BytesIO()
    Image.new("1", (4000, 4000)).save(out, "PNG")
    assert look_of(out.getvalue()) is None


def test_what_is_transparent_is_seen_on_white():
    out = io.BytesIO()
    Image.new("RGBA", (40, 40), (255, 0, 0, 0)).save(out, "PNG")
    look = look_of(out.getvalue())
    assert look is not None
    assert set(look.cells) == {255}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.cases(3)
def test_pictures_are_known_again_and_their_likes_are_not(seed):
    content = photos.photo(seed)
    first = look_of(photos.resized(content, 256))
    for same in (photos.encoded_again(content), photos.resized(content, 450), photos.resized(content, 2048)):
        assert (apart(first, look_of(photos.resized(same, 256))) or 0) <= SAME
    for other in (photos.photo(seed, detail=True), photos.square(content), photos.photo(seed + 100)):
        assert (apart(first, look_of(photos.resized(other, 256))) or 0) > ALIKE
