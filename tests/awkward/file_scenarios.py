"""Scenarios of files, contents, variants' pictures and swatches. To import this registers them."""

from collections.abc import Iterable

from tests.awkward.oracle import astray, doubles, nothing_left, problems, same, untrue, words
from tests.awkward.scenarios import scenario
from tests.awkward.shop import Build, behave, chosen, press, undo, upload, write_alts
from tests.scenes import Scene, Variant, asset, picture, product

KEYS = ("red0", "blue0", "red1", "blue1")
NO_MODE = ("",)
# In-Place Overwrite has two places for the four pictures of a product: blue's old picture gets red's second as its successor.
SECOND = {"blue0": "red0-1", "blue1": "red1-1"}


@scenario("uploaded", NO_MODE)
def uploaded(build: Build, mode: str, behaviours: Iterable[str]) -> list[str]:
    """Every file once, and a second upload writes nothing."""
    place = build([], [asset(f"f{at}", shade=at) for at in range(1, 8)])
    behave(place, behaviours)
    selection = place.select()
    first = upload(place, selection)
    wrong = same("words", words(first), {"done": 7}) + problems(first)
    before = len(place.mutations())
    wrong += same("words of the second upload", words(upload(place, selection)), {"unchanged": 7})
    return wrong + same("writes", place.mutations()[before:], []) + doubles(place)


@scenario("replaced", NO_MODE)
def replaced(build: Build, mode: str, behaviours: Iterable[str]) -> list[str]:
    """New versions get into the files of the old ones, new alt texts with them."""
    place = build([], [asset(f"f{at}", shade=at) for at in range(1, 5)])
    upload(place, place.select())
    ids = set(place.shop.files)
    environment = place.world.environments[0]
    for at, found in enumerate(environment.assets.values()):
        environment.overwrite(found, picture(90 + at))
    before = contents(place)
    behave(place, behaviours)
    selection = place.select(alt_policy="overwrite")
    write_alts(selection, "New")
    wrong = []
    for _ in range(2):
        sync = upload(place, selection, new_versions="replace")
        # An old view may show the old text to the second run, which then writes the same one again.
        wrong += same("words", set(words(sync)) - {"unchanged"}, set(words(sync)) & {"done"}) + problems(sync)
    wrong += [f"{id} shows its old content" for id, blob in contents(place).items() if before[id] == blob]
    wrong += same("files", set(place.shop.files), ids)
    return wrong + same("texts", {file.alt for file in place.shop.files.values()}, {"New"}) + astray(place)


def contents(place: Scene) -> dict[str, str]:
    """What each file shows, by id."""
    return {id: file.content.blob if file.content else "" for id, file in place.shop.files.items()}


def dressed(build: Build) -> Scene:
    """Two products of two variants that show old pictures, with a group and a swatch for each variant."""
    shirts = [
        product(
            handle=f"shirt-{at}",
            pictures=2,
            variants=(Variant(title="Red", sku=f"red{at}"), Variant(title="Blue", sku=f"blue{at}")),
        )
        for at in range(2)
    ]
    shades = iter(range(1, 100))
    assets = [asset(f"{key}-{n}", key, next(shades), context={"alt": f"Text {key}"}) for key in KEYS for n in range(2)]
    assets += [asset(f"{key}-swatch", key, next(shades), tags=("swatch",)) for key in KEYS]
    place = build(shirts, assets)
    place.environment.swatch_field, place.environment.swatch_value = "tags", "swatch"
    place.environment.save()
    for found in place.shop.products.values():
        for variant, medium in zip(found.variants, found.media, strict=True):
            variant.picture = medium
    return place


def shown(place: Scene) -> dict[str, tuple[str, str]]:
    """SKU -> the names of its variant's picture and of its swatch."""
    files, found = place.shop.files, {}
    for one in place.shop.products.values():
        for variant in one.variants:
            swatch = variant.metafields.get("cloudinary.swatch")
            pictured = files[variant.picture].filename if variant.picture else ""
            marked = files[swatch.value].filename if swatch else ""
            found[variant.sku or ""] = (pictured.partition("-al")[0], marked.partition("-al")[0])
    return found


@scenario("variants and swatches")
def variants_and_swatches(build: Build, mode: str, behaviours: Iterable[str]) -> list[str]:
    """Variants get their pictures and swatches, and undo gives the old ones back."""
    place = dressed(build)
    before = shown(place)
    media = {one.handle: list(one.media) for one in place.shop.products.values()}
    behave(place, behaviours)
    selection = chosen(place, mode, variant_pictures=True)
    sync = press(place, selection)
    pictures = {key: f"{key}-0" for key in KEYS} | (SECOND if mode == "in_place" else {})
    wrong = untrue(place, sync) + problems(sync)
    wrong += same("variants", shown(place), {key: (pictures[key], f"{key}-swatch") for key in KEYS})
    wrong += nothing_left(place, selection) + doubles(place)
    wrong += problems(undo(place, sync)) + same("variants given back", shown(place), before)
    return wrong + same("galleries", {one.handle: list(one.media) for one in place.shop.products.values()}, media)
