"""What is not as the ledger says: nothing of a gallery as it was left, and each change by its own name."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.drift import MENDABLE, Drift, Finding, Left, Linked, findings, in_order
from linking.domain.galleries import Incoming, LinkMode, Medium, arrange

VERSION = 7


@st.composite
def galleries(draw):
    """(links, gallery, left): as a run left it, with media of others between ours."""
    ours = draw(st.lists(st.booleans(), min_size=1, max_size=10))
    gallery = [(f"m{at}", draw(st.sampled_from(["", "Oak chair", "Front"]))) for at in range(len(ours))]
    links = [Linked(f"a{at}", f"m{at}", VERSION) for at, mine in enumerate(ours) if mine]
    return links, gallery, Left([id for id, _ in gallery], dict(gallery))


def now_of(links):
    return {link.asset: VERSION for link in links}


def kinds(found):
    return [one.kind for one in found]


@given(galleries())
def test_a_gallery_as_it_was_left_has_not_drifted(known):
    links, gallery, left = known
    assert findings(links, gallery, left, now_of(links)) == []


@given(galleries(), st.data())
def test_each_picture_that_left_is_missing_and_nothing_else_is_said(known, data):
    links, gallery, left = known
    gone = data.draw(st.sets(st.sampled_from([id for id, _ in gallery])))
    found = findings(links, [one for one in gallery if one[0] not in gone], left, now_of(links))
    assert found == [Finding(Drift.MISSING, link.asset, link.medium) for link in links if link.medium in gone]


@given(galleries(), st.data())
def test_another_order_is_known_by_how_few_have_moved(known, data):
    links, gallery, left = known
    shuffled = data.draw(st.permutations(gallery))
    found = findings(links, shuffled, left, now_of(links))
    ours = [link.medium for link in links]
    now = [id for id, _ in shuffled if id in ours]
    assert kinds(found) == ([] if now == ours else [Drift.REORDERED])
    assert all(0 < one.count < len(ours) for one in found)


@given(galleries(), st.lists(st.integers(0, 10), min_size=1, max_size=5))
def test_what_others_add_is_counted_and_moves_nothing(known, places):
    links, gallery, left = known
    more = list(gallery)
    for at, place in enumerate(places):
        more.insert(place, (f"x{at}", ""))
    assert findings(links, more, left, now_of(links)) == [Finding(Drift.FOREIGN, count=len(places))]


@given(galleries(), st.data())
def test_an_alt_text_that_changed_is_found_in_ours_alone(known, data):
    links, gallery, left = known
    id, alt = data.draw(st.sampled_from(gallery))
    other = [(one, "Somebody’s" if one == id else text) for one, text in gallery]
    mine = [link for link in links if link.medium == id]
    expected = [Finding(Drift.ALT, link.asset, id, was=alt, now="Somebody’s") for link in mine]
    assert findings(links, other, left, now_of(links)) == expected


@given(galleries(), st.data())
def test_newer_and_lost_assets_are_found_link_by_link(known, data):
    links, gallery, left = known
    fates = {link.asset: data.draw(st.sampled_from(["same", "newer", "older", "gone", "unread"])) for link in links}
    versions = {"same": VERSION, "newer": VERSION + 1, "older": VERSION - 1, "unread": 0}
    assets = {id: versions[fate] for id, fate in fates.items() if fate != "gone"}
    found = {one.asset: one.kind for one in findings(links, gallery, left, assets)}
    wanted = {"newer": Drift.VERSION, "gone": Drift.ASSET}
    assert found == {id: wanted[fate] for id, fate in fates.items() if fate in wanted}


@given(galleries())
def test_of_a_product_that_is_gone_one_thing_is_said(known):
    links, _gallery, left = known
    assert findings(links, None, left, {}) == ([Finding(Drift.PRODUCT, count=len(links))] if links else [])


@given(galleries(), st.data())
def test_where_no_run_is_known_order_and_alt_texts_are_not_judged(known, data):
    links, gallery, _left = known
    shuffled = [(id, "Another") for id, _ in data.draw(st.permutations(gallery))]
    found = findings(links, shuffled, None, now_of(links))
    others = len(gallery) - len(links)
    assert found == ([Finding(Drift.FOREIGN, count=others)] if others else [])


@given(galleries(), st.data())
def test_assets_go_back_in_the_order_that_they_were_left_in(known, data):
    links, _gallery, left = known
    assert in_order(data.draw(st.permutations(links)), left) == [link.asset for link in links]


@given(galleries(), st.data())
def test_a_mirror_of_what_was_left_brings_all_of_ours_back_and_leaves_what_others_added(known, data):
    links, gallery, left = known
    gone = data.draw(st.sets(st.sampled_from([id for id, _ in gallery])))
    others = [(f"x{at}", "") for at in range(data.draw(st.integers(0, 3)))]
    now = [id for id, _ in data.draw(st.permutations([*gallery, *others])) if id not in gone]
    of = {link.medium: link.asset for link in links}
    before = [Medium(id, of.get(id), "now" if id in of else None, ours=id in of) for id in now]
    incoming = [Incoming(asset, "now") for asset in in_order(links, left)]
    after = arrange(LinkMode.MIRROR, before, incoming).after
    back = {asset: medium for medium, asset in of.items()}  # in a test, what comes back is the same medium
    ids = [back[slot.asset] if isinstance(slot, Incoming) else slot.id for slot in after]
    found = findings(links, [(id, (left.alts or {}).get(id, "")) for id in ids], left, now_of(links))
    assert [id for id in ids if id not in of] == [id for id in now if id not in of]
    assert set(kinds(found)) <= {Drift.FOREIGN}


def test_what_was_linked_a_moment_ago_is_not_missing_yet():
    link = Linked("a", "m", VERSION, young=True)
    assert findings([link], [], Left(["m"], {}), {"a": VERSION}) == []
    assert kinds(findings([replace(link, young=False)], [], None, {"a": VERSION})) == [Drift.MISSING]


def test_a_file_of_unknown_version_is_not_older():
    assert findings([Linked("a", "m")], [("m", "")], None, {"a": 9}) == []


def test_alt_texts_that_differ_in_spelling_only_are_the_same():
    link, left = Linked("a", "m", VERSION), Left(["m"], {"m": "Cafe\u0301 "})
    assert findings([link], [("m", "Café")], left, {"a": VERSION}) == []


@pytest.mark.parametrize("kind", [Drift.PRODUCT, Drift.ASSET, Drift.FOREIGN])
def test_no_plan_brings_back_what_is_gone_or_takes_away_what_is_others(kind):
    assert kind not in MENDABLE
