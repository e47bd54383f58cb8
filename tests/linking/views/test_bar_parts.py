"""An answer to a setting draws the parts of the bar that the page shows otherwise: whatever is chosen, the page is then as if all
of them had been drawn."""

import re
from collections.abc import Iterator

from django.test.html import Element, parse_html

from linking.matching import asking
from linking.models import Selection, StoreMatch
from linking.pages.bar_parts import PARTS
from setup.models import Environment, Store
from tests.linking.visits import ask_and_answer, enter
from tests.scenes import asset, product

BODIES = {f"{name}-body": name for name in PARTS}
# What each answer makes new: which state is edited, and which press of the button is which.
VOLATILE = re.compile(r' hx-swap-oob="true"|(?<=name="version" value=")\d+|(?<=token" value=")\w+')


def walk(element: Element) -> Iterator[Element]:
    yield element
    for child in element.children:
        if isinstance(child, Element):
            yield from walk(child)


def known(element: Element) -> dict[str, str]:
    return {name: value or "" for name, value in element.attributes}


def is_sent(about: dict[str, str]) -> bool:
    return "disabled" not in about and (about.get("type") not in ("checkbox", "radio") or "checked" in about)


class Page:
    """Link to Products as a browser has it: fields of its settings, and parts that are replaced."""

    def __init__(self, client, selection: Selection) -> None:
        self.client, self.path = client, f"/selections/{selection.key}/"
        self.tree = self.read(client.get(self.path))

    @staticmethod
    def read(answer) -> Element:
        found = parse_html(VOLATILE.sub("", answer.content.decode()))
        return found if isinstance(found, Element) else Element("answer", [])

    def by_id(self, id: str) -> Element:
        [found] = [one for one in walk(self.tree) if known(one).get("id") == id]
        return found

    def fields(self) -> dict[str, list[str]]:
        """What the form sends."""
        sent: dict[str, list[str]] = {}
        for one in walk(self.by_id("settings")):
            about = known(one)
            if one.name == "select":
                options = [option for option in walk(one) if option.name == "option"]
                chosen = [option for option in options if "selected" in known(option)] or options[:1]
                sent[about["name"]] = [known(option).get("value", "") for option in chosen]
            elif one.name == "input" and "name" in about and is_sent(about):
                checked = "on" if about.get("type") == "checkbox" else ""
                sent.setdefault(about["name"], []).append(about.get("value", checked))
        return sent

    def send(self, change: dict, name: str = "settings/"):
        version = Selection.objects.values_list("version", flat=True).get()
        data = {**self.fields(), "version": version, **change}
        return self.client.post(self.path + name, {key: value for key, value in data.items() if value is not None})

    def swap(self, answer: Element) -> list[str]:
        """Returns which of the large parts came."""
        there = {id: one for one in answer.children if isinstance(one, Element) and (id := known(one).get("id"))}
        for place in list(walk(self.tree)):
            place.children = [
                there.get(known(child).get("id", ""), child) if isinstance(child, Element) else child
                for child in place.children
            ]
        return [name for id, name in BODIES.items() if id in there]

    def change(self, **change) -> list[str]:
        """Make it; and again without a word of what the page shows: the bar has to be the same. Returns which parts came."""
        came = self.swap(self.read(self.send(change)))
        bar = str(self.by_id("configuration"))
        assert self.swap(self.read(self.send({**change, "shows": None}))) == list(PARTS)
        assert str(self.by_id("configuration")) == bar, came
        return came

    def answered(self) -> list[str]:
        """Once the stores have answered what they were asked by a change."""
        ask_and_answer(Selection.objects.get())
        return self.change()


def page_of(client, scene, **chosen) -> tuple[Page, Selection]:
    products = [product("a", handle="one"), product("a", handle="two"), product("b")]
    assets = [asset(f"{key}{at}", key, metadata={"sequence": at, "other": key}) for key in "ab" for at in (1, 2)]
    place = scene(products, assets, stores=2)
    selection = place.select(**chosen)
    ask_and_answer(selection)
    enter(client, place.member, selection)
    return Page(client, selection), selection


def test_a_setting_draws_its_own_part_and_what_it_shows_in_others(client, scene):
    page, selection = page_of(client, scene)
    assert page.change() == []
    assert page.change(link_mode=["prepend"]) == ["mode"]
    assert page.change(link_mode=["position"]) == ["mode"]
    assert page.change(position=["3"]) == ["mode"]
    assert page.change(link_mode=["reset"]) == ["mode"]
    assert page.change(alt_policy=["overwrite"]) == ["more"]
    assert page.change(variant_pictures=["on"]) == ["more"]
    assert page.change(variant_reach=["matched"]) == ["more"]
    assert page.change(fold=["on"]) == ["stores", "match", "more"]  # the stores are asked for other keys
    assert page.answered() == ["stores"]
    assert page.change(order_field=[""]) == ["order"]
    assert page.change(stores=[str(selection.stores.all()[0].pk)]) == ["stores"]
    assert page.change(shopify_kind=["title"]) == ["stores", "match", "more"]
    assert page.answered() == ["stores"]
    # It is not saved before it is named; what the form did not send, as variants are not chosen, is empty in it meanwhile.
    assert page.change(shopify_kind=["metafield"]) == ["match", "more"]
    assert page.change(metafield=["custom.code"]) == ["stores", "match", "more"]
    assert page.change(cloudinary_field=["metadata:other"]) == ["stores", "match"]


def test_what_cannot_be_saved_is_drawn_with_its_reason_and_without_it_afterwards(client, scene):
    page, _ = page_of(client, scene)
    assert page.change(pattern=["("]) == ["more"]
    assert page.change(link_mode=["prepend"]) == ["mode"]  # the pattern is sent again, and shown already
    assert page.change(pattern=[""]) == ["more"]  # as it was before
    assert page.change(pattern=["(.)"]) == ["stores", "more"]
    assert page.answered() == ["stores"]
    assert page.change(pattern=["("]) == page.change(pattern=["(.)"]) == ["more"]
    assert page.change(link_mode=["position"]) == ["mode"]
    assert page.change(position=["0"]) == page.change(position=["1"]) == ["mode"]
    assert page.change(variant_reach=["option"]) == ["more"]
    assert page.change(variant_option=["Size"]) == ["more"]


def test_what_is_not_taken_over_does_not_stay_in_its_field(client, scene):
    page, _ = page_of(client, scene, link_mode="position", position=4)
    assert page.change(position=[""]) == ["mode"]
    assert page.fields()["position"] == ["4"]
    assert page.change(alt_policy=[""]) == ["more"]
    assert page.fields()["alt_policy"] == ["keep"]
    assert page.change(metafield=["custom.code"]) == ["match"]  # of a field that is not on the page


def test_an_order_that_would_discard_another_is_asked_for_and_can_be_kept(client, scene):
    page, selection = page_of(client, scene, order_field="")
    group = re.search(r'id="l-(\w+)"', str(page.tree))[1]
    assert page.send({"do": ["down"], "g": [group], "a": ["0"]}, "arrange/").status_code == 200
    assert page.change(order_field=["metadata:sequence"]) == ["order"]
    assert "confirm-order" in str(page.tree)
    assert page.change(keep_order=["on"]) == ["order"]
    assert "confirm-order" not in str(page.tree)
    assert page.change(order_field=["metadata:sequence"]) == ["order"]
    assert page.swap(page.read(page.send({"discard_order": ["on"]}))) == ["order"]
    assert page.change() == []
    selection.refresh_from_db()
    assert (selection.order_field, "confirm-order" in str(page.tree)) == ("metadata:sequence", False)


def test_what_changed_beside_the_settings_is_drawn_with_the_next_of_them(client, scene):
    page, selection = page_of(client, scene)
    store = selection.stores.all()[0]
    Store.objects.filter(pk=store.pk).update(label="Renamed")
    assert page.change() == ["stores"]
    Store.objects.filter(pk=store.pk).update(status=Store.Status.BROKEN)
    assert page.change() == ["stores"]
    Store.objects.filter(pk=store.pk).update(status=Store.Status.CONNECTED)
    assert page.change(stores=[str(one.pk) for one in selection.environment.stores.all()]) == ["stores"]
    asking.refresh(selection)
    assert page.change() == ["stores"]
    StoreMatch.objects.update(keys_total=9, keys_asked=3, known=False, state="running")
    assert page.change() == ["stores"]
    Environment.objects.update(allowed_transformations=["t_card"])
    assert page.change() == ["more"]
    assert page.change(transformation=["t_card"]) == ["more"]


def test_counts_that_followed_an_edit_leave_nobody_sure_of_the_stores(client, scene):
    """They replace a part of that part: what it said that it shows is so no more."""
    page, _ = page_of(client, scene)
    answer = page.send({"do": ["exclude"], "a": ["3"]}, "arrange/")
    page.swap(page.read(answer))
    assert page.change() == ["stores"]
    assert page.change() == []


def test_a_page_that_does_not_say_what_it_shows_gets_everything(client, scene):
    page, _ = page_of(client, scene)
    assert page.swap(page.read(page.send({"shows": None}))) == list(PARTS)
