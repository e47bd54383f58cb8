"""The signed launch: what gets in, and what people learn whom it keeps out."""

import re
from datetime import UTC, datetime, timedelta
from threading import Thread

import jwt
import pytest
from django.db import connection

from linking.models import Selection
from setup.models import Environment, Member, UsedLaunch
from setup.security.launch import LaunchRefused, verify
from tests.setup.security import launches
from tests.setup.security.launches import post

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECRET = "a launch secret of more than 64 bytes: HS256 wants 32, and HS512, which is refused, 64"


def environment(**known) -> Environment:
    values = {
        "cloud_name": "demo",
        "api_key": "k",
        "api_secret": "s",
        "launch_issuer": "console",
        "launch_secret": SECRET,
    }
    return Environment.objects.create(**values | known)


def claims(now: datetime = NOW, **changed) -> dict:
    return launches.claims(int(now.timestamp()), **{"asset_ids": ["a", "b", "a"]} | changed)


def token(secret: str = SECRET, algorithm: str = "HS256", **changed) -> str:
    return jwt.encode(claims(**changed), secret, algorithm=algorithm)


@pytest.fixture(autouse=True)
def the_clock_stands_at_noon(monkeypatch):
    """PyJWT reads the clock itself."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return NOW.astimezone(tz)

    monkeypatch.setattr("jwt.api_jwt.datetime", Clock)


def refusal(text: str, now: datetime = NOW) -> LaunchRefused:
    with pytest.raises(LaunchRefused) as caught:
        verify(text, now=now)
    return caught.value


def test_a_genuine_launch_gets_in_with_each_asset_once():
    demo = environment()
    launch = verify(token(), now=NOW)
    assert (launch.environment, launch.person_id, launch.asset_ids) == (demo, "u1", ("a", "b"))


def test_a_launch_is_good_once():
    environment()
    text = token()
    verify(text, now=NOW)
    assert refusal(text).code == "replayed"


def test_a_tokens_id_is_used_up_in_its_own_environment_only():
    """All Consoles may name the same issuer, and a signer of one environment must lock nobody out of another."""
    environment()
    environment(cloud_name="other")
    verify(token(cloud_name="other", jti="the same"), now=NOW)
    assert verify(token(jti="the same"), now=NOW).person_id == "u1"
    assert refusal(token(jti="the same")).code == "replayed"


@pytest.mark.parametrize("id", ["x" * 255, "0", 0, 7, "é" * 255], ids=str)
def test_a_persons_id_may_be_a_text_or_a_whole_number(id):
    environment()
    assert verify(token(user={"id": id}), now=NOW).person_id == str(id)


@pytest.mark.parametrize(
    "id", ["", " ", "\t\n", None, True, False, 1.5, [], ["u1"], {"id": 1}, "x" * 256, 10**255, "a\0"], ids=repr
)
def test_what_is_no_id_of_a_person_is_refused(id):
    """Cut to its column's length, an id could be somebody else's."""
    environment()
    assert refusal(token(user={"id": id, "name": "Ada"})).code == "incomplete"
    assert not UsedLaunch.objects.exists()


@pytest.mark.parametrize("name", [True, 5, ["x"], {"x": 1}, None])
def test_a_name_that_is_no_text_is_none(name):
    environment()
    assert verify(token(user={"id": "u1", "name": name, "email": name}), now=NOW).person_name == ""


@pytest.mark.django_db(transaction=True)
def test_of_two_equal_launches_at_the_same_moment_one_gets_in():
    environment()
    text, results = token(), []

    def knock():
        try:
            results.append(verify(text, now=NOW).person_id)
        except LaunchRefused as error:
            results.append(error.code)
        finally:
            connection.close()

    threads = [Thread(target=knock) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(results) == ["replayed"] * 7 + ["u1"]
    assert UsedLaunch.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"iat": int(NOW.timestamp()) - 61, "exp": int(NOW.timestamp()) - 1}, "old"),
        ({"iat": int(NOW.timestamp()) - 61}, "old"),
        ({"exp": int(NOW.timestamp()) + 3600}, "old"),
        ({"iat": int(NOW.timestamp()) + 300, "exp": int(NOW.timestamp()) + 330}, "clock"),
        ({"aud": "another-app"}, "signature"),
        ({"iss": "somebody"}, "unknown"),
        ({"cloud_name": "elsewhere"}, "unknown"),
        ({"jti": None}, "signature"),
        ({"exp": None}, "signature"),
        ({"asset_ids": "abc"}, "incomplete"),
        ({"asset_ids": [1]}, "incomplete"),
        ({"user": None}, "incomplete"),
        ({"roles": "media_library_admin"}, "incomplete"),
        ({"asset_ids": [str(at) for at in range(10_001)]}, "oversized"),
    ],
)
def test_a_launch_is_refused_with_the_reason(changed, code):
    environment()
    assert refusal(token(**changed)).code == code


@pytest.mark.parametrize(
    ("off", "code", "says"),
    [
        (timedelta(minutes=-10), "clock", "the clocks of this server and of the Console differ by 10 minutes"),
        (
            timedelta(minutes=10),
            "old",
            "This launch was made 10 minutes ago",
        ),
        (timedelta(hours=5), "old", "made 5 hours ago"),
    ],
)
def test_a_clock_that_is_off_is_named_to_those_whose_signature_is_right(off, code, says):
    environment()
    text = token()
    found = refusal(text, now=NOW + off)
    assert (found.code, says in found.text, "clock" in found.details) == (code, True, True)
    forged = refusal(token("a secret that somebody has made up, of more than 32 bytes"), now=NOW + off)
    assert (forged.code, "clock" in forged.text + forged.details) == ("signature", False)


def test_refused_launches_are_lines_of_the_log_also_of_environments_that_nobody_knows(client, caplog):
    environment()
    post(client, token(cloud_name="elsewhere\nforged"))
    post(client, token("a secret that somebody has made up, of more than 32 bytes"))
    said = [record.getMessage() for record in caplog.records if record.name == "setup.security.refusals"]
    assert said == [
        r"A launch was refused (unknown): it names cloud_name 'elsewhere\nforged' and iss 'console'.",
        "A launch of demo was refused (signature).",
    ]


def test_a_launch_of_a_thousand_assets_gets_in():
    environment()
    assert len(verify(token(asset_ids=[str(at) for at in range(1000)]), now=NOW).asset_ids) == 1000


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "e30.e30.e30", "é", "\0", "." * 5000])
def test_what_is_no_token_is_refused(text):
    assert refusal(text).code == "malformed"


def test_a_wrong_signature_is_refused():
    environment()
    assert refusal(token(secret="another secret, also of more than 32 bytes")).code == "signature"


def test_an_unsigned_token_is_refused():
    environment()
    assert refusal(token(secret=None, algorithm="none")).code == "signature"


def test_another_algorithm_is_refused_even_with_the_right_secret():
    environment()
    assert refusal(token(algorithm="HS512")).code == "signature"


def test_the_secret_of_another_environment_opens_nothing_here():
    environment()
    environment(cloud_name="other", launch_secret="the other secret, also of more than 32 bytes")
    assert refusal(token(secret="the other secret, also of more than 32 bytes")).code == "signature"


def test_a_refused_launch_tells_how_to_open_the_app_again(client):
    page = post(client, "x")
    assert page.status_code == 403
    assert "Media Library" in page.content.decode()


def test_a_launch_that_is_far_too_large_says_so(client):
    page = post(client, "x" * 600_000)
    assert page.status_code == 403
    assert "10,000 assets at a time" in page.content.decode()


def test_as_many_assets_as_a_launch_may_have_fit_into_a_request(client):
    environment()
    ids = [f"{at:032x}" for at in range(10_000)]
    page = post(client, token(now=datetime.now(UTC), asset_ids=ids))
    assert page.status_code == 200
    parts = list(Selection.objects.order_by("part"))
    assert [(part.part, part.assets.count()) for part in parts] == [(number, 1000) for number in range(1, 11)]
    assert [row.asset_id for row in parts[9].assets.all()] == ids[9000:]


def launched(client, **changed):
    """Where the launch leads to, and the ticket for a tab of its own."""
    now = datetime.now(UTC)
    page = post(client, token(now=now, **changed)).content.decode()
    return re.search(r'data-next="([^"]+)"', page)[1], re.search(r'name="ticket" value="([^"]+)"', page)[1]


def test_a_member_lands_on_link_to_products_and_an_admin_on_setup(client, monkeypatch):
    monkeypatch.undo()
    environment()
    assert launched(client)[0] == f"/selections/{Selection.objects.get().key}/"
    assert launched(client, roles=["Media Library Admin"])[0] == "/setup/"


def test_every_launch_starts_a_fresh_session(client, monkeypatch):
    monkeypatch.undo()
    environment()
    launched(client)
    first = client.session.session_key
    launched(client, user={"id": "u2"})
    assert client.session.session_key != first
    assert Member.objects.get(pk=client.session["member"]).external_id == "u2"


def test_another_members_selection_does_not_exist(client, monkeypatch):
    monkeypatch.undo()
    environment()
    foreign, _ = launched(client)
    launched(client, user={"id": "u2"})
    assert client.get(foreign).status_code == 404


def test_an_ended_session_tells_how_to_come_back(client):
    page = client.get("/setup/")
    assert page.status_code == 401
    assert "Media Library" in page.content.decode()


def test_old_launches_are_far_past_their_time(client):
    environment()
    text = token()
    assert refusal(text, now=NOW + timedelta(seconds=61)).code == "old"
