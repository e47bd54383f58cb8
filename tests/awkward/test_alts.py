"""Alt texts are sent as a service that tidies texts up would keep them, so that what is read back is what was asked for."""

import unicodedata

import pytest

from linking.models import Link
from tests.awkward.oracle import nothing_left, untrue
from tests.awkward.shop import chosen, opened, press, write_alts
from tests.scenes import asset, part_of, product

TEXT = "  Two  words of caf" + unicodedata.normalize("NFD", "\u00e9") + "\n"


@pytest.mark.parametrize("code", ["trimmed", "composed"])
@pytest.mark.cases(1)
def test_a_text_that_shopify_would_tidy_up_is_done_when_it_shows(scene, code):
    place = opened(scene)
    press(place, chosen(place, "append"))
    place.world.faults.add(service="shopify", kind="alts_changed", code=code, times=None)
    selection = chosen(place, "append", alt_policy="overwrite")
    write_alts(selection, TEXT)
    sync = press(place, selection)
    assert untrue(place, sync) == []
    assert {line.outcome for part in sync.parts.all() for line in part.changes.all()} == {"done"}
    assert {place.shop.files[link.medium_id].alt for link in Link.objects.all()} == {"Two words of caf\u00e9"}
    assert nothing_left(place, selection) == []


OLD, NEW = unicodedata.normalize("NFD", "Grüner Stuhl"), "Grüner Sessel"


def test_a_decomposed_text_that_comes_back_composed_is_undone(scene):
    place = scene([product("a")], [asset("front", "a", context={"alt": NEW})])
    place.run(place.select())
    medium = place.shop.product_with("product-a").media[0]
    place.elsewhere("FileUpdate", files=[{"id": medium, "alt": OLD}])
    sync = place.run(place.select(alt_policy="overwrite"))
    place.world.faults.add(service="shopify", kind="alts_changed", code="composed", times=None)
    back = place.undo(sync)
    assert place.shop.files[medium].alt == unicodedata.normalize("NFC", OLD)
    assert {line.outcome for line in part_of(back).changes.all()} == {"done"}


@pytest.mark.parametrize("kept", [unicodedata.normalize("NFD", NEW), f"{NEW}\u200b", f"\u00a0{NEW}"])
@pytest.mark.cases(1)
def test_a_text_that_is_there_in_another_form_is_not_written_again(scene, kept):
    place = scene([product("a")], [asset("front", "a", context={"alt": NEW})])
    place.run(place.select())
    medium = place.shop.product_with("product-a").media[0]
    place.elsewhere("FileUpdate", files=[{"id": medium, "alt": kept}])
    written = len(place.mutations())
    sync = place.run(place.select(alt_policy="overwrite"))
    assert len(place.mutations()) == written
    assert {line.outcome for line in part_of(sync).changes.all()} == {"unchanged"}
