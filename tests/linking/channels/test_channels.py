"""A channel is made by an admin, previewed for a selection, and written as a manifest: never with what may not be shown."""

import csv
import io
import json
from dataclasses import asdict, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linking.channels import manifest
from linking.domain.channels import PRESETS, Profile
from linking.models import Channel, SelectedAsset
from setup.models import AuditEntry, Environment, Member
from tests.linking.visits import enter, text_of
from tests.scenes import HTTP, asset, picture, product

LARGE = {"content": picture(3, (1200, 1100))}


@pytest.fixture
def place(scene):
    return scene([product("a")], [asset("front", "a", **LARGE), asset("back", "a", **LARGE), asset("tiny", "b")])


@pytest.fixture
def channel(place) -> Channel:
    return Channel.objects.create(environment=place.environment, name="Amazon", settings=PRESETS["amazon"][1].kept())


def address(selection, channel, format: str = "csv") -> str:
    return f"/selections/{selection.key}/channels/manifest/?channel={channel.pk}&format={format}"


def test_an_admin_makes_a_channel_of_a_preset_and_changes_it(client, place):
    boss = Member.objects.create(environment=place.environment, external_id="b", name="B", roles=["master_admin"])
    enter(client, boss)
    made = client.post("/setup/channels/add/", {"name": "Shop window", "preset": "email"})
    channel = Channel.objects.get()
    assert made["Location"] == f"/setup/channels/{channel.pk}/"
    form = {"name": "Window", "naming": "{name}", "columns": "url = picture"}
    form |= {"r-TOTAL_FORMS": 2, "r-INITIAL_FORMS": 2, "r-0-name": "only", "r-0-width": 300, "r-0-height": 200}
    form |= {"r-0-fit": "fill", "r-0-format": "webp", "r-1-name": ""}
    assert client.post(f"/setup/channels/{channel.pk}/save/", form).status_code == 302
    channel.refresh_from_db()
    [only] = Profile.of(channel.settings).renditions
    assert (channel.name, only.transformation) == ("Window", "c_fill,g_auto,w_300,h_200/q_auto:good/f_webp")
    bad = client.post(f"/setup/channels/{channel.pk}/save/", form | {"naming": "{colour}"})
    assert (bad.status_code, "There is no “{colour}”" in text_of(bad)) == (422, True)
    client.post(f"/setup/channels/{channel.pk}/remove/")
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "channel.add",
        "channel.change",
        "channel.remove",
    ]


def test_the_preview_lists_files_and_what_is_too_small(client, place, channel):
    selection = place.select("front", "tiny")
    page = text_of(enter(client, place.member).get(f"/selections/{selection.key}/channels/"))
    assert "a.MAIN.1.jpg" in page
    assert "too small for this channel" in page


def test_a_manifest_has_the_channels_columns_and_addresses_that_answer(client, place, channel):
    selection = place.select("front", "back", "tiny")
    enter(client, place.member)
    answer = client.get(address(selection, channel))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["item_sku"], row["position"]) for row in rows] == [("a", "1"), ("a", "2")]
    for row in rows:
        assert HTTP.request("GET", row["main_image_url"]).status == 200
    assert json.loads(client.get(address(selection, channel, "json")).content) == rows
    assert client.get(address(selection, channel, "exe")).status_code == 404


def test_what_was_rejected_since_it_was_selected_has_no_line(client, place, channel):
    selection = place.select("front", "back")
    front = next(one for one in place.world.environments[0].assets.values() if one.display_name == "front")
    front.moderation = [{"kind": "manual", "status": "rejected"}]
    found = manifest.exported(selection, Profile.of(channel.settings))
    assert {line["name"] for line in found.lines} == {"back"}
    assert [one.reason.code for one in found.problems] == ["asset.rejected"]


def test_a_channel_of_another_environment_does_not_exist(client, place, channel):
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}
    other = Environment.objects.create(cloud_name="other", **known)
    theirs = Channel.objects.create(environment=other, name="Theirs", settings=channel.settings)
    enter(client, place.member)
    assert client.get(address(place.select(), theirs)).status_code == 404
    assert client.get(f"/setup/channels/{theirs.pk}/").status_code == 404


STATES = st.fixed_dictionaries(
    {
        "restricted": st.booleans(),
        "placeholder": st.booleans(),
        "gone": st.booleans(),
        "delivery_type": st.sampled_from(["upload", "private", "authenticated"]),
        "moderation": st.sampled_from([(), ("approved",), ("rejected",), ("pending",), ("approved", "rejected")]),
        "windows": st.sampled_from([None, (), ((0, 1),), ((0, 2**40),), ((2**40, 2**41),)]),
        "metadata": st.sampled_from([{"sku": "a"}, {"sku": "a", "until": "2020-01-01"}, {"until": "2999-01-01"}]),
    }
)
OPEN = {"restricted": False, "placeholder": False, "gone": False, "delivery_type": "upload"}


@given(st.lists(STATES, min_size=3, max_size=3))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_state_of_an_asset_that_may_not_be_shown_comes_into_a_manifest(place, channel, states):
    place.environment.expiration_field = "metadata:until"
    selection = place.select()
    rows = list(SelectedAsset.objects.filter(selection=selection))
    for row, state in zip(rows, states, strict=True):
        row.details = asdict(replace(row.asset, width=2000, height=2000, **state))
    SelectedAsset.objects.bulk_update(rows, ["details"])
    selection.environment = place.environment
    export = manifest.previewed(selection, PRESETS["email"][1])
    may = {
        row.asset_id
        for row, state in zip(rows, states, strict=True)
        if all(state[name] == value for name, value in OPEN.items())
        and state["moderation"] in ((), ("approved",))
        and state["windows"] in (None, ((0, 2**40),))
        and state["metadata"].get("until") != "2020-01-01"
    }
    assert {line["asset_id"] for line in export.lines} == may
    assert len(export.problems) == 3 - len(may)
