"""A selection that matches, and of which nothing may be linked, says that, and not that nothing matches."""

from tests.linking.visits import ask_and_answer, enter, text_of
from tests.scenes import asset, product


def test_every_asset_that_matches_is_left_out(scene, client):
    place = scene([product("a")], [asset("front", "a", 1, placeholder=True)])
    selection = place.select()
    ask_and_answer(selection)
    enter(client, place.member, selection)
    page = text_of(client.get(f"/selections/{selection.key}/"))
    assert "None of the assets that match can be linked; each says why." in page
    assert "match exactly: look" not in page
    assert "Show why None of the assets that match can be linked." in page
    assert "No product matches" not in page
