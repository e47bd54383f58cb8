"""Staged uploads and the delivery that feeds them, over HTTP: exact lengths, one target per attempt, plain words."""

import tracemalloc

import pytest

from linking.cloudinary import delivery
from linking.cloudinary.delivery import NotDelivered, Stopped, Stream
from linking.domain.limits import MB
from linking.shopify import files, uploads
from linking.shopify.files import NewFile
from linking.shopify.uploads import BrokenUpload, Refused, Target
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import Remedy, ShopifyError
from tests.films import cinema, clip
from tests.peer import Answer, good
from tests.processes import wait_until
from tests.scenes import asset

FILM = clip()


@pytest.fixture
def place(scene):
    found = scene([], [asset("turn", content=FILM)])
    found.world.settings.change({"video_seconds": [0.0, 0.05]})
    return found


def client_of(place) -> ShopifyClient:
    return ShopifyClient(place.stores[0])


def stage(place, size: int = len(FILM)) -> Target:
    return uploads.stage(client_of(place), "turn.mp4", size)


def send(target: Target, content: bytes = FILM, size: int | None = None) -> None:
    uploads.send(
        target, "turn.mp4", size or len(content), [content[at : at + 700] for at in range(0, len(content), 700)]
    )


def stored(place) -> list[int]:
    return [target.content.size for target in place.shop.staged.values() if target.content]


def film_url(place) -> str:
    [film] = place.world.environments[0].assets.values()
    base = place.world.environments[0].delivery_base
    return f"{base}/{place.environment.cloud_name}/video/upload/f_mp4/v{film.version}/{film.public_id}.mp4"


def test_a_form_arrives_with_the_exact_number_of_bytes(place):
    send(stage(place))
    assert stored(place) == [len(FILM)]


def test_an_uploaded_video_becomes_a_file_with_a_name_that_is_found(place):
    target = stage(place)
    send(target)
    new = NewFile("turn-al0123456789ab-01234567.mp4", target.source, "Alt", "VIDEO")
    [id] = files.create(client_of(place), [new]).ids
    wait_until(lambda: files.states(client_of(place), [id])[id].status == "READY", 10)
    assert files.states(client_of(place), [id])[id].name == new.name
    place.world.forward += 10
    mark = "al0123456789ab-01234567"
    assert files.by_mark(client_of(place), {mark: new.name}).found[mark].id == id


def test_a_taken_name_of_a_video_is_refused(place):
    for refusals in (0, 1):
        target = stage(place)
        send(target)
        answer = files.create(client_of(place), [NewFile("turn.mp4", target.source, "", "VIDEO")])
        assert len(answer.refusals) == refusals
    assert answer.refusals[0].name_taken


def test_a_source_that_ends_early_is_never_sent_as_if_it_were_whole(place):
    with pytest.raises(BrokenUpload, match="less than it announced"):
        send(stage(place, len(FILM) + 1), size=len(FILM) + 1)
    assert stored(place) == []


def test_a_source_that_goes_on_is_cut_off_as_broken(place):
    with pytest.raises(BrokenUpload, match="more than it announced"):
        send(stage(place, len(FILM) - 1), size=len(FILM) - 1)
    assert stored(place) == []


def test_another_length_than_the_target_was_made_for_is_refused_by_the_storage(place):
    with pytest.raises(BrokenUpload, match="EntityTooSmall"):
        send(stage(place, len(FILM) + 10))
    with pytest.raises(BrokenUpload, match="EntityTooLarge"):
        send(stage(place, len(FILM) - 10))
    assert stored(place) == []


def test_a_target_is_for_one_upload(place):
    target = stage(place)
    send(target)
    with pytest.raises(BrokenUpload, match="AccessDenied"):
        send(target)


def test_a_target_ends_after_an_hour(place):
    target = stage(place)
    place.world.forward += 3700
    with pytest.raises(BrokenUpload, match="ExpiredToken"):
        send(target)


@pytest.mark.parametrize("kind", ["reset", "http_503", "lost_answer", "error_after"])
def test_an_upload_without_a_good_answer_is_broken(place, kind):
    place.world.faults.add(service="shopify", kind=kind, operation="stagedUpload")
    with pytest.raises(BrokenUpload):
        send(stage(place))


def test_a_target_that_shopify_refuses_says_why(place, monkeypatch):
    monkeypatch.setattr(uploads, "MIME", "application/x-msdownload")
    with pytest.raises(Refused, match="not a recognized format"):
        uploads.stage(client_of(place), "turn.exe", 5)


def staged(*targets: object, errors: object = None) -> Answer:
    return good({"stagedUploadsCreate": {"stagedTargets": list(targets), "userErrors": errors}})


TARGET = {"url": "https://x.example/b", "resourceUrl": "https://x.example/b?n=1", "parameters": None}


@pytest.mark.parametrize(
    "target",
    [
        None,
        {},
        TARGET | {"url": None},
        TARGET | {"resourceUrl": ""},
        TARGET | {"url": "file:///etc/passwd"},
        TARGET | {"resourceUrl": "http://[half"},
        TARGET | {"parameters": [{"name": None, "value": "x"}]},
    ],
)
def test_a_target_that_cannot_be_read_is_for_later_and_no_refusal(peer, target):
    peer.answers(staged(target))
    with pytest.raises(ShopifyError) as caught:
        uploads.stage(peer.client(), "turn.mp4", 5)
    assert caught.value.remedy == Remedy.LATER


def test_a_target_may_have_no_parameters_and_an_error_no_words(peer):
    peer.answers(staged(TARGET))
    assert uploads.stage(peer.client(), "turn.mp4", 5).source == TARGET["resourceUrl"]
    peer.answers(staged(TARGET, errors=[{"message": None}]))
    with pytest.raises(Refused, match="no reason was given"):
        uploads.stage(peer.client(), "turn.mp4", 5)


def test_a_storage_that_answers_without_end_is_left(peer):
    peer.answers(Answer(bytes(2 * 2**20)))
    with pytest.raises(BrokenUpload, match="broke off"):
        send(Target(f"{peer.url}/bucket", "https://x", ()))


def test_a_source_without_a_key_is_taken_as_it_is():
    assert Target("https://x", "https://x?external_video_id=1", ()).source == "https://x?external_video_id=1"
    keyed = Target("https://x", "https://x?external_video_id=1", (("key", "c/o/v/1f.mp4"),))
    assert keyed.source == "https://x/c/o/v/1f.mp4?external_video_id=1"


def test_a_stream_knows_its_length_before_it_is_read(place):
    stream = Stream().open(film_url(place))
    assert stream.size == len(FILM)
    assert b"".join(stream.pieces()) == FILM


def test_a_stream_without_a_length_is_set_aside_on_disk_first():
    with cinema(12 * MB, tells_length=False) as house:
        tracemalloc.start()
        stream = Stream().open(house.url)
        assert stream.size == 12 * MB
        assert sum(map(len, stream.pieces())) == 12 * MB
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert house.asked == 1
    assert peak < 8 * MB
    stream.close()


def test_a_delivery_that_breaks_off_says_so():
    with cinema(4 * MB, breaks_at=MB) as house, pytest.raises(NotDelivered, match="broke off") as caught:
        list(Stream().open(house.url).pieces())
    assert caught.value.wait


def test_a_stopped_stream_ends_also_while_it_waits_for_more():
    import threading

    with cinema(4 * MB, stalls_at=2 * MB) as house:
        stream = Stream().open(house.url)
        threading.Timer(0.3, stream.stop).start()
        with pytest.raises((Stopped, NotDelivered)):
            list(stream.pieces())


@pytest.mark.parametrize(
    ("kind", "words", "patient"),
    [
        ("http_423", "still making", True),
        ("http_420", "error", True),
        ("http_503", "error", True),
        ("reset", "does not answer", True),
        ("http_404", "no longer exists", False),
        ("http_401", "publicly", False),
        ("http_403", "publicly", False),
    ],
)
def test_what_cloudinary_does_not_deliver_says_why_and_whether_to_ask_again(place, kind, words, patient):
    place.world.faults.add(service="delivery", kind=kind)
    with pytest.raises(NotDelivered, match=words) as caught:
        Stream().open(film_url(place))
    assert bool(caught.value.wait) is patient


def test_a_transformation_that_cloudinary_cannot_make_is_named(place):
    with pytest.raises(NotDelivered, match=r"Invalid|invalid") as caught:
        Stream().open(film_url(place).replace("f_mp4", "f_mp4,c_wrong,w_5"))
    assert caught.value.wait is None


def test_a_picture_is_weighed_without_fetching_it(place):
    assert delivery.weigh(film_url(place)) == len(FILM)
    assert delivery.weigh(film_url(place).replace("turn", "gone")) is None
    assert delivery.weigh("http://127.0.0.1:1/nobody") is None
