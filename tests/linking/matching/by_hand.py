"""Products that a person looks for, chooses and excludes, as the page asks for them."""

import re
from urllib.parse import urlencode

from linking.matching import asking
from linking.matching.answering import match_store
from linking.models import Selection
from linking.selection.arrangement import group_id
from tests.linking.visits import ask_and_answer, enter, text_of
from tests.scenes import asset, product


def lost_and_oak(client, scene):
    """`lost` matches nothing, `oak` one product, in two stores with the same shelf."""
    shelf = [product("oak", title="Oak chair", pictures=3), product("elm", title="Elm table"), product("ash")]
    found = scene(shelf, [asset("f1", "lost"), asset("f2", "lost", 1), asset("g1", "oak", 2)], stores=2)
    return entered(client, found)


def entered(client, found, **chosen):
    found.selection = found.select(**chosen)
    ask_and_answer(found.selection)
    enter(client, found.member, found.selection)
    return found


def shop(place, at: int = 0):
    return place.world.shops[place.stores[at].domain]


def gid(place, handle: str, at: int = 0) -> str:
    return shop(place, at).product_with(handle).id


def gallery(place, handle: str, at: int = 0) -> int:
    """How many media it has; none where the store has no such product."""
    known = shop(place, at).product_with(handle)
    return len(known.media) if known else 0


def group(key: str) -> str:
    return group_id(Selection.objects.earliest("pk").keying.same(key))


def address(place, path: str, **query) -> str:
    return f"/selections/{place.selection.key}/{path}/?{urlencode(query)}"


def found(client, place, typed: str, key: str = "lost", at: int = 0, **more):
    return client.get(address(place, f"stores/{place.stores[at].pk}/find", typed=typed, g=group(key), **more))


def ids_in(response) -> list[str]:
    assert response.status_code == 200
    return re.findall(r'data-found="([^"]+)"', response.content.decode())


def version_of(place) -> int:
    return Selection.objects.values_list("version", flat=True).get(pk=place.selection.pk)


def send(client, place, do: str, key: str, *handles: str, at: int = 0, **more):
    data = {"do": do, "g": group(key), "s": place.stores[at].pk, "version": version_of(place)}
    data["p"] = " ".join(gid(place, handle, at) for handle in handles)
    return client.post(f"/selections/{place.selection.key}/by-hand/", data | more)


def popover(client, place, key: str, **more) -> str:
    return text_of(client.get(address(place, "groups/answers", g=group(key), **more)))


def undo(client, place):
    version = version_of(place)
    return client.post(f"/selections/{place.selection.key}/arrange/", {"do": "undo", "version": version})


def refresh(place) -> None:
    for store in place.stores:
        question, _ = asking.put(place.selection, store, now=place.selection.created, again=True)
        match_store(question.pk)
