"""What speaks for a picture being there already, and what is made of it: sure only where pictures were compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain import adopting
from linking.domain.adopting import (
    ALIKE,
    GRID,
    LEAD,
    SAME,
    Coming,
    Likeness,
    Look,
    There,
    agreements,
    apart,
    pairs,
    stem,
)

CELLS = GRID * GRID * 3


def look(shade: int = 0, *, shape: float = 1.0, flat: bool = False) -> Look:
    """A picture of much contrast; another `shade` changes a few cells of it by so much."""
    cells = bytearray(60 if flat else 60 + at * 37 % 100 for at in range(CELLS))
    cells[33] += shade
    return Look(bytes(cells), shape)


def there(medium: str = "m", **known) -> There:
    return There(medium, **known)


def coming(asset: str = "a", **known) -> Coming:
    return Coming(asset, known.pop("public_id", asset), **known)


def test_pictures_that_are_the_same_are_sure():
    (pair,) = pairs([there(look=look())], [coming(look=look(SAME))])
    assert (pair.likeness, pair.apart) == (Likeness.SURE, SAME)


def shades(*areas: tuple[int, int, int]) -> Look:
    """Stripes of these colours, each as high as the others."""
    high = GRID // len(areas)
    return Look(b"".join(bytes(area) * (GRID * high) for area in areas), 1.0)


GREY = (180, 180, 180)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ((255, 255, 255), (250, 250, 246)),
        ((255, 255, 255), (255, 250, 250)),
        ((20, 20, 22), (28, 28, 30)),
        ((10, 10, 12), (12, 12, 20)),
        ((20, 25, 60), (18, 22, 52)),
    ],
)
def test_a_near_colour_is_likely_and_no_more(theirs, ours):
    """White and ivory, black and anthracite, navy and a darker one: encoding shifts no even area so far."""
    (pair,) = pairs([there(look=shades(GREY, theirs))], [coming(look=shades(GREY, ours))])
    assert pair.likeness == Likeness.LIKELY
    assert pair.apart is not None
    assert pair.apart <= SAME


@pytest.mark.parametrize("shift", [(2, 2, 2), (1, 1, 4), (-2, 1, 1)])
def test_what_encoding_shifts_stays_sure(shift):
    shifted = [tuple(map(sum, zip(area, shift, strict=True))) for area in (GREY, (20, 25, 60))]
    (pair,) = pairs([there(look=shades(GREY, (20, 25, 60)))], [coming(look=shades(*shifted))])
    assert pair.likeness == Likeness.SURE


def test_a_small_thing_in_an_even_area_is_seen():
    plain_one = shades(GREY, (120, 30, 30))
    with_text = bytearray(plain_one.cells)
    for at in range(300, 303):
        with_text[-at] -= 5
    (pair,) = pairs([there(look=plain_one)], [coming(look=Look(bytes(with_text), 1.0))])
    assert pair.likeness == Likeness.LIKELY


@pytest.mark.parametrize(
    ("name", "other", "likeness"),
    [
        ("shirt-white", "shirt-ivory", "likely"),
        ("label_38", "label-39", "likely"),
        ("ivory-shirt", "shirt-white", "likely"),
        ("shirt", "shirt-front", "sure"),
        ("4711-a", "shirt-white", "sure"),
        ("shoe", "boot", "sure"),
        ("shirt-white", "shirt-white", "sure"),
    ],
)
def test_a_name_that_differs_in_one_word_speaks_against_it(name, other, likeness):
    (pair,) = pairs(
        [there(addresses=(f"https://c.example/{name}.jpg",), look=look())], [coming(public_id=other, look=look())]
    )
    assert pair.likeness == likeness
    assert pairs([there(alt=name, look=look())], [coming(alt=other, look=look())])[0].likeness == likeness


def test_a_pause_is_heard_between_media():
    heard: list[int] = []
    pairs([there(f"m{at}", look=look()) for at in range(3)], [coming(look=look())], lambda: heard.append(1))
    assert len(heard) == 3


def test_galleries_of_alike_pictures_are_not_compared_over_and_over(monkeypatch):
    """Each two pictures once; only the nearest of each medium is looked at more closely."""
    counts = {"even": 0, "_leads": 0}
    for name in counts:
        real = getattr(adopting, name)

        def counted(*given, real=real, name=name):
            counts[name] += 1
            return real(*given)

        monkeypatch.setattr(adopting, name, counted)
    pairs([there(f"m{at}", look=look()) for at in range(40)], [coming(f"a{at}", look=look(at % 9)) for at in range(40)])
    assert counts["even"] <= 40
    assert counts["_leads"] <= 40 * 40


def test_pictures_that_differ_in_a_detail_are_likely_and_no_more():
    (pair,) = pairs([there(look=look())], [coming(look=look(ALIKE))])
    assert pair.likeness == Likeness.LIKELY


def test_what_differs_is_no_pair_whatever_else_agrees():
    same = {"bytes": 100, "width": 10, "height": 10, "alt": "A shoe"}
    shoe = there(addresses=("https://c.example/shoe.jpg",), look=look(), **same)
    assert pairs([shoe], [coming(public_id="shoe", look=look(ALIKE + 1), **same)]) == ()


def test_another_shape_is_another_picture():
    assert apart(look(), look(shape=0.9)) == 255
    assert apart(look(), look(shape=0.99)) == 0


def test_a_picture_that_shows_nothing_is_never_sure():
    (pair,) = pairs([there(look=look(flat=True))], [coming(look=look(flat=True))])
    assert pair.likeness == Likeness.LIKELY


def test_without_pictures_nothing_is_sure():
    same = {"bytes": 100, "width": 10, "height": 10, "alt": "A shoe"}
    address = "https://res.cloudinary.com/demo/image/upload/v12/shop/shoe.jpg"
    (pair,) = pairs([there(addresses=(address,), **same)], [coming(public_id="shop/shoe", version=12, **same)])
    assert pair.likeness == Likeness.LIKELY
    assert pair.because == ("address", "bytes", "name", "size", "alt")


@pytest.mark.parametrize("known", [{"alt": "A shoe"}, {"width": 10, "height": 10}, {"bytes": 100}])
def test_what_many_pictures_share_says_nothing_by_itself(known):
    assert pairs([there(**known)], [coming(**known)]) == ()


def test_two_assets_that_look_alike_wait_for_the_person():
    found = pairs([there(look=look())], [coming("a", look=look()), coming("b", look=look(LEAD - 1))])
    assert [(pair.asset, pair.likeness) for pair in found] == [("a", Likeness.LIKELY)]


def test_the_nearer_of_two_is_sure_by_a_lead_or_by_its_name():
    shown = there(addresses=("https://c.example/red-shoe.jpg",), look=look())
    by_lead = pairs([shown], [coming("a", look=look()), coming("b", look=look(LEAD))])
    by_name = pairs([shown], [coming("a", public_id="red-shoe", look=look()), coming("b", look=look())])
    assert [pair.likeness for pair in (*by_lead, *by_name)] == [Likeness.SURE] * 2
    assert [pair.asset for pair in (*by_lead, *by_name)] == ["a", "a"]


def test_of_a_picture_that_stands_there_twice_the_first_is_adopted():
    (pair,) = pairs([there("m1", look=look()), there("m2", look=look())], [coming(look=look())])
    assert (pair.medium, pair.likeness) == ("m1", Likeness.SURE)


@pytest.mark.parametrize(
    "name",
    [
        "red-shoe.jpg",
        "https://cdn.shopify.com/s/files/1/2/files/red-shoe_0f8fad5b-d9cb-469f-a165-70867728950e.jpg?v=17",
        "red-shoe_1024x1024.jpg",
        "Red Shoe_large.png",
        "red-shoe-2048x.webp",
        "red_shoe@2x.jpg",
        "shop/summer/red-shoe",
        "https://[broken/red-shoe.jpg",
    ],
)
def test_names_are_compared_without_what_tools_add(name):
    assert stem(name) == ("" if "[broken" in name else "red-shoe")


@pytest.mark.parametrize("name", ["IMG_0042.jpg", "DSC1234.JPG", "1.jpg", "image.png", "photo-12.jpg", "", "_.jpg"])
def test_a_name_that_a_camera_gives_says_nothing(name):
    assert stem(name) == ""


def test_an_address_counts_for_its_own_version_only():
    address = "https://res.cloudinary.com/demo/image/upload/c_limit,w_100/v12/a%20b/shoe.jpg"
    assert "address" in agreements(there(addresses=(address,)), coming(public_id="a b/shoe", version=12))
    assert "address" not in agreements(there(addresses=(address,)), coming(public_id="a b/shoe", version=13))


SHADES = st.none() | st.integers(0, 40)
NAMES = st.sampled_from(["", "red-shoe", "blue-shoe", "IMG_1"])


@st.composite
def galleries(draw):
    media = [
        there(f"m{at}", addresses=(f"https://c.example/{name}.jpg",), bytes=size, look=seen)
        for at, (name, size, seen) in enumerate(
            draw(st.lists(st.tuples(NAMES, st.integers(0, 2), SHADES.map(_seen)), max_size=6))
        )
    ]
    assets = [
        coming(f"a{at}", public_id=name or f"x{at}", bytes=size, look=seen)
        for at, (name, size, seen) in enumerate(
            draw(st.lists(st.tuples(NAMES, st.integers(0, 2), SHADES.map(_seen)), max_size=6))
        )
    ]
    return media, assets


def _seen(shade: int | None) -> Look | None:
    return None if shade is None else look(shade)


@given(galleries())
def test_each_medium_is_for_one_asset_and_each_asset_for_one_medium(known):
    found = pairs(*known)
    assert len({pair.medium for pair in found}) == len(found) == len({pair.asset for pair in found})


@given(galleries())
def test_only_what_was_seen_to_be_the_same_is_sure(known):
    seen = {one.medium: one.look for one in known[0]} | {one.asset: one.look for one in known[1]}
    for pair in pairs(*known):
        distance = apart(seen[pair.medium], seen[pair.asset])
        assert distance == pair.apart
        assert distance is None or distance <= ALIKE
        assert pair.likeness != Likeness.NO
        assert pair.likeness != Likeness.SURE or (distance is not None and distance <= SAME)


@given(galleries())
def test_a_sure_asset_is_the_nearest_for_its_medium(known):
    media, assets = known
    for pair in pairs(media, assets):
        if pair.likeness == Likeness.SURE:
            medium = next(one for one in media if one.medium == pair.medium)
            distances = [apart(medium.look, one.look) for one in assets]
            assert pair.apart == min(distance for distance in distances if distance is not None)


@given(galleries())
def test_the_same_question_has_the_same_answer(known):
    assert pairs(*known) == pairs(*known)
