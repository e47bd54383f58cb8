"""Searches of all pages find a text in whichever form it is kept and in whichever it is typed."""

import unicodedata

import pytest

from linking.domain.assets import Asset
from linking.models import ChangeRow, Link, ProductSync, StoreSync, Sync
from linking.pages.group_cards import AssetCard, GroupCard
from linking.pages.group_filter import GroupFilter
from linking.pages.history_filter import HistoryFilter
from linking.pages.links import LinksFilter
from linking.pages.run.filter import RunFilter
from linking.pages.upload_page import fits
from setup.models import Environment, Member, Store
from setup.reasons import NONE, Reason

COMPOSED = "Küchenlampe Ås"
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)
TYPED = [COMPOSED, DECOMPOSED, f"\u00a0{DECOMPOSED[:6]}\u200b", "KÜCHEN", unicodedata.normalize("NFD", "küchen")]


@pytest.fixture(params=[COMPOSED, DECOMPOSED], ids=["composed", "decomposed"])
def sync(db, request):
    """A run whose rows have the title, or a key and a name, in one form."""
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}
    own = Environment.objects.create(cloud_name="own", **known)
    person = Member.objects.create(environment=own, external_id="a", name="Ada")
    store = Store.objects.create(environment=own, domain="north.myshopify.com")
    sync = Sync.objects.create(environment=own, member=person, token="t", link_mode="append")
    part = StoreSync.objects.create(sync=sync, store=store)
    ProductSync.objects.create(part=part, product_id="p", title=request.param, handle="lamp")
    reason = Reason("match.no_product", field="sku", key=request.param)
    ChangeRow.objects.create(part=part, key=request.param, asset_id="x", change="skip", reason=reason)
    Link.objects.create(store=store, environment=own, product_id="p", asset_id="x", medium_id="m", name=request.param)
    return sync


@pytest.mark.parametrize("typed", TYPED)
def test_runs_and_links_are_found(sync, typed):
    chosen = HistoryFilter.of({"q": typed})
    assert list(chosen.runs(Sync.objects.all())) == [sync]
    assert LinksFilter.of({"q": typed}).links(sync.environment).count() == 1
    assert not HistoryFilter.of({"q": typed + "x"}).runs(Sync.objects.all()).exists()


@pytest.mark.parametrize("typed", TYPED)
def test_galleries_and_assets_of_a_run_are_found(sync, typed):
    chosen = RunFilter.of(sync, {"q": typed})
    assert (chosen.products().count(), chosen.unlinked().count()) == (1, 1)


@pytest.mark.parametrize("typed", [*TYPED, "lampe ås", "ｋüchen"])
@pytest.mark.parametrize("kept", [COMPOSED, DECOMPOSED], ids=["composed", "decomposed"])
def test_groups_and_files_of_a_selection_are_found(kept, typed):
    card = AssetCard(Asset("a", f"shop/{kept}", tags=("x",)), None, NONE)  # type: ignore[arg-type]
    by_tag = AssetCard(Asset("a", "b", tags=(kept,)), None, NONE)  # type: ignore[arg-type]
    for one in (card, by_tag):
        assert GroupFilter.of({"q": typed}).fits(GroupCard("k", "k", [one], ()))
        assert not GroupFilter.of({"q": typed + "x"}).fits(GroupCard("k", "k", [one], ()))
        assert fits(one, GroupFilter.of({"q": typed}).text, "")
