"""Scenarios in which somebody else is at work in the store while a run is: a merchant in the admin, or a second app. To import
this registers them.

Whatever the first run makes of it, the second finds a gallery that nobody touches any more, and its link mode holds there.
"""

from collections.abc import Callable, Iterable

from linking.domain.filenames import read_mark
from linking.domain.reasons import VANISHED
from sandbox.shopify import cdn, execution
from sandbox.shopify.execution import Asked
from setup.shopify.graphql_documents import load
from tests.awkward.behaviours import SOME
from tests.awkward.file_scenarios import KEYS, dressed, shown
from tests.awkward.oracle import doubles, expected, lost, nothing_left, problems, right, same, untrue
from tests.awkward.scenarios import Play, scenario
from tests.awkward.shop import SKUS, Build, behave, chosen, come_to_rest, meanwhile, names, opened, press
from tests.scenes import DOCUMENTS, REHEARSALS, Scene

Act = Callable[[Scene], None]
MODES = ("append", "reset")


def admin(place: Scene, document: str, **variables) -> None:
    """What somebody else does, at once; as long as it is refused for now, once more."""
    text = load(DOCUMENTS if document == "FilesUpdate" else REHEARSALS, document).text
    for _ in range(5):
        answer = execution.answer(place.shop, Asked(text, variables, document))
        (payload,) = answer["data"].values()
        if not (payload.get("userErrors") or payload.get("mediaUserErrors")):
            return
    raise AssertionError(f"{document} was refused: {answer}")


def gallery(place: Scene) -> list[str]:
    return list(place.shop.product_with("product-a").media)


def ours(place: Scene, name: str) -> str:
    """The id of the newest file of this asset."""
    found = [file.id for file in place.shop.files.values() if file.filename.startswith(f"{name}-al")]
    return found[-1]


def reorders(place: Scene) -> None:
    turned = [{"id": id, "newPosition": str(at)} for at, id in enumerate(reversed(gallery(place)))]
    admin(place, "ReorderMedia", id=place.shop.product_with("product-a").id, moves=turned)


def takes_an_old_one_out(place: Scene) -> None:
    product_id = place.shop.product_with("product-a").id
    admin(place, "FilesUpdate", files=[{"id": gallery(place)[0], "referencesToRemove": [product_id]}])


def takes_ours_out(place: Scene) -> None:
    product_id = place.shop.product_with("product-a").id
    admin(place, "FilesUpdate", files=[{"id": ours(place, "a1"), "referencesToRemove": [product_id]}])


def adds_a_medium(place: Scene) -> None:
    theirs = place.shop.product_with("product-b").media[0]
    admin(place, "FilesUpdate", files=[{"id": theirs, "referencesToAdd": [place.shop.product_with("product-a").id]}])


def adds_media_everywhere(place: Scene) -> None:
    """A second app, by productUpdate."""
    theirs = place.shop.files[place.shop.product_with("product-b").media[0]]
    for sku in SKUS:
        medium = {"mediaContentType": "IMAGE", "originalSource": cdn.url(place.shop, theirs)}
        admin(place, "ProductAddMedia", product={"id": place.shop.product_with(f"product-{sku}").id}, media=[medium])


def renames_our_file(place: Scene) -> None:
    """What remains of its name is `a1`."""
    admin(place, "FilesUpdate", files=[{"id": ours(place, "a1"), "filename": "a1.jpg"}])


def replaces_our_content(place: Scene) -> None:
    source = place.mutations()[0]["variables"]["files"][-1]["originalSource"]
    admin(place, "FilesUpdate", files=[{"id": ours(place, "a1"), "originalSource": source}])


def deletes_our_file(place: Scene) -> None:
    admin(place, "FileDelete", fileIds=[ours(place, "a1")])


def writes_an_alt_text(place: Scene) -> None:
    admin(place, "FilesUpdate", files=[{"id": gallery(place)[0], "alt": "By hand"}])


def deletes_the_product(place: Scene) -> None:
    admin(place, "ProductDelete", id=place.shop.product_with("product-a").id)


def meddled(act: Act, operation: str) -> Play:
    def play(build: Build, mode: str, behaviours: Iterable[str]) -> list[str]:
        place = opened(build)
        behave(place, behaviours)
        selection = chosen(place, mode)
        with meanwhile(place, operation, lambda: act(place)) as done:
            first = press(place, selection)
        assert done, f"no {operation} was sent"
        wrong = problems(first) + lost(first)
        come_to_rest(place)
        there = [sku for sku in SKUS if place.shop.product_with(f"product-{sku}")]
        before = {sku: place.assets_in(f"product-{sku}") for sku in there}
        gone = [] if len(there) == len(SKUS) else [f"a{at}: skip failed: {VANISHED}" for at in range(3)]
        wrong += same("false words", untrue(place, press(place, selection)), gone)
        wrong += right(place, {sku: expected(mode, before[sku], names(sku)) for sku in there})
        left = nothing_left(place, selection)
        return wrong + doubles(place) + same("left", left, ["a product is failed"] if gone else [])

    return play


# What somebody does -> after which of our writes.
ACTS: dict[str, tuple[Act, tuple[str, ...]]] = {
    "reorders the gallery": (reorders, ("fileCreate", "fileUpdate")),
    "takes an old picture out": (takes_an_old_one_out, ("fileCreate", "fileUpdate")),
    "takes our picture out": (takes_ours_out, ("fileUpdate",)),
    "adds a picture": (adds_a_medium, ("fileCreate", "fileUpdate")),
    "renames our file": (renames_our_file, ("fileUpdate",)),
    "replaces our content": (replaces_our_content, ("fileUpdate",)),
    "deletes our file": (deletes_our_file, ("fileCreate", "fileUpdate")),
    "writes an alt text": (writes_an_alt_text, ("fileCreate", "fileUpdate")),
    "deletes the product": (deletes_the_product, ("fileCreate", "fileUpdate")),
    "adds media everywhere": (adds_media_everywhere, ("fileCreate", "fileUpdate")),
}
WORDS = {"fileCreate": "files", "fileUpdate": "links"}
for name, (act, moments) in ACTS.items():
    for moment in moments:
        scenario(f"somebody {name} after {WORDS[moment]}", MODES, SOME, committed=True)(meddled(act, moment))


@scenario("somebody deletes a variant", ("reset",), SOME, committed=True)
def a_variant_deleted(build: Build, mode: str, behaviours: Iterable[str]) -> list[str]:
    """Its picture and its swatch go nowhere, and nothing else is kept from its own."""
    place = dressed(build)

    def delete() -> None:
        product = place.shop.product_with("shirt-0")
        product.variants = [variant for variant in product.variants if variant.sku != "blue0"]
        place.shop.touch(product)

    behave(place, behaviours)
    selection = chosen(place, mode, variant_pictures=True)
    with meanwhile(place, "fileUpdate", delete) as done:
        first = press(place, selection)
    assert done
    wrong = problems(first) + lost(first)
    press(place, selection)
    kept = [key for key in KEYS if key != "blue0"]
    wrong += same("variants", shown(place), {key: (f"{key}-0", f"{key}-swatch") for key in kept})
    media = {one.handle: [mark_of(place, id) for id in one.media] for one in place.shop.products.values()}
    return wrong + [f"{handle} shows old media" for handle, marks in media.items() if None in marks] + doubles(place)


def mark_of(place: Scene, id: str) -> str | None:
    mark = read_mark(place.shop.files[id].filename)
    return str(mark) if mark else None
