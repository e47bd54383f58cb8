"""Addresses that open a selection: for one member of the environment, once."""

import io
import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from linking.models import SelectedAsset, Selection, SelectionAddress
from linking.operations import retention
from linking.selection import addresses, making
from setup.models import AuditEntry, Environment, Member
from setup.security.actors import Actor
from tests.linking.visits import enter, text_of

KEYS = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}
IDS = ["b", "a", "c"]
ONE, OTHER = "a" * 32, "b" * 32  # as Cloudinary's are


@pytest.fixture(autouse=True)
def no_queue(monkeypatch):
    """What is enqueued is another test's matter."""
    monkeypatch.setattr("linking.queue.enqueue", lambda *given: True)


@pytest.fixture
def environment(db):
    return Environment.objects.create(cloud_name="one", name="One", **KEYS)


@pytest.fixture
def ada(environment):
    return Member.objects.create(environment=environment, external_id="ada", name="Ada")


@pytest.fixture
def bert(environment):
    return Member.objects.create(environment=environment, external_id="bert", name="Bert")


def handed_over(environment, ids=IDS, **known) -> str:
    """The path of the address."""
    given = {"said_by": "MediaFlows", "now": timezone.now()} | known
    _, address = addresses.hand_over(environment, ids, **given)
    return "/" + address.split("/", 3)[3]


def rows() -> list:
    return list(SelectionAddress.objects.values("opened", "opened_by", "selection"))


def test_a_member_reads_who_handed_over_what_and_opens_it(client, environment, ada):
    path = handed_over(environment, note="For the autumn <b>campaign</b>")
    enter(client, ada)
    text = text_of(client.get(path))
    assert "MediaFlows handed over 3 assets of One ." in text
    assert "For the autumn &lt;b&gt;campaign&lt;/b&gt;" in text
    answer = client.post(path)
    selection = Selection.objects.get()
    assert answer["Location"] == f"/selections/{selection.key}/"
    assert (selection.member, selection.said_by, selection.said_note) == (
        ada,
        "MediaFlows",
        "For the autumn <b>campaign</b>",
    )
    assert list(selection.assets.order_by("place").values_list("asset_id", flat=True)) == IDS
    for name in ("link", "upload"):
        page = client.get(reverse(name, args=[selection.key]))
        assert text_of(page).count("MediaFlows handed over these assets.") == 1, name
        assert text_of(page).count("For the autumn &lt;b&gt;campaign&lt;/b&gt;") == 1, name
    assert client.get("/")["Location"] == f"/selections/{selection.key}/"


def test_looking_uses_nothing_up(client, environment, ada):
    path = handed_over(environment)
    enter(client, ada)
    before = rows()
    assert [client.get(path).status_code, client.head(path).status_code] == [200, 200]
    assert (rows(), Selection.objects.count()) == (before, 0)


def test_it_opens_once(client, environment, ada, bert):
    path = handed_over(environment)
    enter(client, ada)
    client.post(path)
    again = client.post(path)
    assert (again.status_code, Selection.objects.count()) == (410, 1)
    assert "You opened it yourself" in text_of(again)
    enter(client, bert)
    late = client.get(path)
    assert (late.status_code, "Ada opened it." in text_of(late)) == (410, True)
    assert client.post(path).status_code == 410
    assert Selection.objects.get().member == ada


def test_of_two_who_open_it_at_once_one_gets_it_and_the_other_one_nothing(environment, ada, bert, monkeypatch):
    """Bert comes in between Ada's looking and her using it up."""
    handed_over(environment)
    row = SelectionAddress.objects.get()
    chain = making.chaining.divide

    def divided(selection):
        chain(selection)
        if selection.member == ada:
            SelectionAddress.objects.filter(pk=row.pk).update(opened=timezone.now(), opened_by=bert)

    monkeypatch.setattr(making.chaining, "divide", divided)
    with pytest.raises(addresses.NotOpened):
        addresses.open_for(Actor(ada), row)
    assert (Selection.objects.count(), SelectedAsset.objects.count()) == (0, 0)
    assert not AuditEntry.objects.filter(action="selection.open").exists()


def test_an_expired_one_says_so_and_opens_nothing(client, environment, ada):
    path = handed_over(environment, now=timezone.now() - timedelta(hours=25))
    enter(client, ada)
    for answer in (client.get(path), client.post(path)):
        assert (answer.status_code, "expired" in text_of(answer)) == (410, True)
    assert not Selection.objects.exists()


def test_it_expires_while_somebody_reads_it(client, environment, ada):
    path = handed_over(environment)
    enter(client, ada)
    client.get(path)
    SelectionAddress.objects.update(expires=timezone.now())
    assert (client.post(path).status_code, Selection.objects.count()) == (410, 0)


def test_for_another_environment_it_does_not_exist(client, environment, ada):
    path = handed_over(environment)
    other = Environment.objects.create(cloud_name="two", **KEYS)
    enter(client, Member.objects.create(environment=other, external_id="ada", name="Ada", roles=["master_admin"]))
    before = rows()
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 404
        assert "MediaFlows" not in answer.content.decode()
    assert rows() == before


@pytest.mark.parametrize("token", ["x", "-" * 43, "a" * 2000, "ä"])
def test_an_unknown_one_does_not_exist(client, environment, ada, token):
    enter(client, ada)
    assert client.get(f"/open/{token}").status_code == 404


def test_without_a_session_nobody_learns_anything(client, environment):
    real, made_up = handed_over(environment), "/open/made-up"
    answers = [client.get(real), client.get(made_up), client.post(real), client.post(made_up)]
    places = [answer["Location"] for answer in answers if answer.status_code == 302]
    assert places == [f"/sign-in?next={quote(path, safe='')}" for path in (real, made_up) * 2]
    assert not any("MediaFlows" in answer.content.decode() for answer in answers)
    assert rows() == [{"opened": None, "opened_by": None, "selection": None}]


def test_a_viewer_reads_whom_to_ask_and_does_not_use_it_up(client, environment, ada):
    path = handed_over(environment)
    Member.objects.filter(pk=ada.pk).update(granted_role="viewer")
    enter(client, ada)
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 403
        assert 'id="open"' not in answer.content.decode()
    assert (rows()[0]["opened"], Selection.objects.count()) == (None, 0)


def test_more_than_a_page_takes_become_a_chain_of_which_each_part_says_who(client, environment, ada, settings):
    settings.SELECTION_MAX_ASSETS = 4
    path = handed_over(environment, [f"id{at}" for at in range(10)], note="Mind the shadows. " * 50)
    enter(client, ada)
    client.post(path)
    parts = list(Selection.objects.order_by("part"))
    assert ([part.part for part in parts], {part.said_by for part in parts}) == ([1, 2, 3], {"MediaFlows"})
    assert {part.said_note for part in parts} == {("Mind the shadows. " * 50).strip()}
    page = client.get(reverse("link", args=[parts[1].key])).content.decode()
    assert (
        "Mind the" in re.search(r"<details><summary>([^<]{,120})</summary>", page)[1]
    )  # which leaves the groups in sight
    assert SelectionAddress.objects.get().selection == parts[0]


def test_the_database_does_not_hold_the_address(environment):
    token = handed_over(environment).rpartition("/")[2]
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM linking_selectionaddress")
        assert token not in repr(cursor.fetchall())


def test_who_handed_over_and_who_opened_stands_in_the_audit_log(client, environment, ada):
    path = handed_over(environment)
    enter(client, ada)
    client.post(path)
    written = list(AuditEntry.objects.order_by("pk").values_list("action", "person", "cloud_name", "after"))
    known = {"said_by": "MediaFlows", "assets": 3}
    assert written == [("selection.hand-over", "", "one", known), ("selection.open", "Ada", "one", known)]


def test_old_ones_go_as_selections_do(environment, settings):
    settings.SELECTION_DAYS = 30
    handed_over(environment, now=timezone.now() - timedelta(days=32))
    handed_over(environment, now=timezone.now() - timedelta(days=29))
    removed, _ = retention.clean(now=timezone.now(), seconds=60)
    assert (removed, SelectionAddress.objects.count()) == ({"selection addresses": 1}, 1)


@pytest.mark.parametrize(
    ("ids", "known", "words"),
    [
        ([], {}, "no asset id"),
        (["  ", ""], {}, "no asset id"),
        (["a" * 256], {}, "is no asset id"),
        (["a b"], {}, "is no asset id"),
        ([f"a{at}" for at in range(6)], {}, "at most 5"),
        (["a"], {"said_by": " "}, "who hands"),
        (["a"], {"said_by": "x" * 256}, "who hands"),
        (["a"], {"note": "x" * 1001}, "a note has at most 1,000"),
    ],
)
def test_what_cannot_be_handed_over_is_refused_with_the_reason(environment, settings, ids, known, words):
    settings.LAUNCH_MAX_ASSETS = 5
    with pytest.raises(addresses.CannotHandOver, match=words):
        handed_over(environment, ids, **known)
    assert not SelectionAddress.objects.exists()


def command(*given: str) -> str:
    out = io.StringIO()
    call_command("selection_address", *given, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_the_command_prints_the_address_and_nothing_else(client, environment, ada, tmp_path, settings):
    settings.APP_URL = "https://assetlink.example"
    (tmp_path / "ids").write_text(f"\ufeff{ONE}\n\n {OTHER} \n{ONE}\n", encoding="utf-8")
    printed = command("--environment", "one", "--assets", str(tmp_path / "ids"), "--said-by", "Nightly script")
    address = printed.strip()
    assert address.startswith("https://assetlink.example/open/")
    enter(client, ada)
    client.post(address.removeprefix("https://assetlink.example"))
    assert list(Selection.objects.get().assets.values_list("asset_id", flat=True)) == [ONE, OTHER]


def test_the_command_reads_standard_input(environment, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{ONE}\n{OTHER}\n"))
    command("--environment", "one", "--assets", "-", "--said-by", "Ada", "--hours", "1")
    row = SelectionAddress.objects.get()
    assert row.asset_ids == [ONE, OTHER]
    assert timedelta(minutes=59) < row.expires - row.created <= timedelta(hours=1)


def test_the_command_names_the_line_that_is_no_asset_id(environment, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{ONE}\n\noak-1\n"))
    with pytest.raises(CommandError, match="Line 3 of -: “oak-1” is no asset ID"):
        command("--environment", "one", "--assets", "-", "--said-by", "Ada")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--environment", "two", "--assets", "-"], "no environment two"),
        (["--environment", "one", "--assets", "/no/such/file"], "cannot be read"),
        (["--environment", "one", "--assets", "-", "--hours", "0"], "--hours"),
        (["--environment", "one", "--assets", "-"], "no asset id"),
    ],
)
def test_the_command_says_what_is_wrong(environment, monkeypatch, given, words):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(CommandError, match=words):
        command(*given, "--said-by", "Ada")
