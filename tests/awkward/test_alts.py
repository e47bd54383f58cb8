"""Alt texts are sent as a service that tidies texts up would keep them, so that what is read back is what was asked for."""

import unicodedata

import pytest

from linking.models import Link
from tests.awkward.oracle import nothing_left, untrue
from tests.awkward.shop import chosen, opened, press, write_alts

TEXT = "  Two  words of caf" + unicodedata.normalize("NFD", "\u00e9") + "\n"


@pytest.mark.parametrize("code", ["trimmed", "composed"])
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
