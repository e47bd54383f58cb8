"""What small pictures do not show: numbers on a label, a mirrored logo, what is cut off. And what stays the same."""

import io

import pytest
from PIL import Image, ImageDraw, ImageFont, ImageOps

from linking.adopting.grids import apart_in_detail, brightness_of, look_of
from linking.adopting.thumbnails import LARGER, SIDE
from linking.domain.adopting import DETAILS, SAME, Coming, Likeness, There, pairs
from linking.models import Link, MediumLook
from tests import photos
from tests.linking.syncing.test_adopting import filled, shot
from tests.scenes import asset, part_of
from tests.tiers import product_of

SIZE = (1600, 2000)


def labelled(text: str, seed: int = 1) -> bytes:
    """A label of a twentieth of the width."""
    drawn = photos.opened(photos.photo(seed, SIZE))
    pen = ImageDraw.Draw(drawn)
    pen.rectangle((900, 300, 980, 340), fill=(250, 250, 245))
    pen.text((916, 298), text, fill=(20, 20, 20), font=ImageFont.load_default(size=36))
    return photos.saved(drawn, 92)


def with_logo(*, mirrored: bool, seed: int = 1) -> bytes:
    """Of a sixtieth of the width."""
    drawn = photos.opened(photos.photo(seed, SIZE))
    logo = Image.new("RGB", (24, 24), (240, 240, 240))
    pen = ImageDraw.Draw(logo)
    pen.polygon([(2, 2), (20, 12), (2, 21)], fill=(20, 30, 120))
    pen.rectangle((2, 2, 5, 22), fill=(200, 20, 20))
    drawn.paste(ImageOps.mirror(logo) if mirrored else logo, (500, 1500))
    return photos.saved(drawn, 92)


def webp(content: bytes) -> bytes:
    return photos.saved(photos.opened(content), 70, "WEBP")


WAYS = {
    "the same": lambda content: content,
    "encoded again": photos.encoded_again,
    "webp": webp,
    "larger": lambda content: photos.resized(content, 2048),
    "smaller": lambda content: photos.resized(content, 600),
}


def small(content: bytes, side: int) -> bytes:
    """As both services make it."""
    whole = photos.opened(content)
    whole.thumbnail((side, side), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    whole.save(out, "JPEG", quality=80)
    return out.getvalue()


def apart(*contents: bytes) -> int:
    one, other = (brightness_of(small(content, LARGER)) for content in contents)
    assert one is not None
    assert other is not None
    return apart_in_detail(one, other)


@pytest.mark.parametrize(("way", "seed"), product_of(list(WAYS), [1, 2]))
def test_what_a_tool_has_made_of_a_picture_is_the_same_in_detail(way, seed):
    for content in (labelled("38", seed), with_logo(mirrored=False, seed=seed)):
        assert apart(content, WAYS[way](content)) <= DETAILS * 2 // 3


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.cases(2)
def test_small_details_that_cells_do_not_show_are_seen(way):
    for one, other in [(labelled("38"), labelled("39")), (with_logo(mirrored=False), with_logo(mirrored=True))]:
        first, second = look_of(small(one, SIDE)), look_of(small(WAYS[way](other), SIDE))
        (pair,) = pairs([There("m", look=second)], [Coming("a", "a", look=first)])
        assert (pair.likeness, (pair.apart or 0) <= SAME) == (Likeness.SURE, True)
        assert apart(one, WAYS[way](other)) > DETAILS * 4 // 3


def test_another_number_on_a_label_waits_for_a_person_and_the_same_is_adopted(scene):
    theirs = [
        filled(sku, (photos.encoded_again(labelled(number)), f"{sku}.jpg"))
        for sku, number in (("a", "38"), ("b", "39"))
    ]
    pictures = [asset(f"shot {sku}", sku, content=labelled("38")) for sku in "ab"]
    place = scene(theirs, pictures)
    run = place.run(place.select())
    changes = {line.name: (line.change, line.reason.code) for line in part_of(run).changes.all()}
    assert changes == {"shot a": ("keep", "gallery.adopted"), "shot b": ("add", "")}
    assert Link.objects.exclude(adopted="").count() == 1
    assert [row["likeness"] for row in part_of(run).products.get(handle="product-b").lookalikes] == ["likely"]


def test_what_was_looked_at_in_detail_is_not_fetched_again_and_what_did_not_come_is_not_sure(scene, monkeypatch):
    place = scene([filled("a", (photos.photo(1), "1.jpg"))], [shot("front", "a", 1)])
    monkeypatch.setattr("linking.adopting.comparing.brightness_of", lambda content: None)
    likely = part_of(place.run(place.select(), dry_run=True)).products.get().lookalikes
    assert [(row["likeness"], row["adopt"]) for row in likely] == [("likely", False)]
    monkeypatch.undo()
    place.run(place.select(), dry_run=True)
    assert len(MediumLook.objects.get().details) == 1
    monkeypatch.setattr("linking.adopting.comparing.brightness_of", lambda content: pytest.fail("fetched again"))
    sure = part_of(place.run(place.select(), dry_run=True)).products.get().lookalikes
    assert [row["likeness"] for row in sure] == ["sure"]


def test_a_picture_that_stands_there_whole_is_likely_where_only_a_part_of_it_would_come(scene):
    shelf = [filled("a", (photos.resized(photos.photo(1), 450), "1.jpg")), filled("b", (photos.photo(2), "2.jpg"))]
    place = scene(shelf, [shot("front", "a", 1), shot("back", "b", 3)])
    place.environment.image_transformation = "c_fill,w_300,h_300"
    place.environment.save()
    found = part_of(place.run(place.select(), dry_run=True)).products.order_by("handle")
    assert [[(row["likeness"], row["adopt"]) for row in one.lookalikes] for one in found] == [[("likely", False)], []]
    place.run(place.select())
    assert not Link.objects.exclude(adopted="").exists()
