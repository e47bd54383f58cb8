"""`manage.py environment`: tenants come, change their keys and go, and nobody else notices."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from setup.environment_values import is_shown
from setup.models import AuditEntry, Environment, Member, Store
from setup.security.launch import LaunchRefused, verify
from tests.setup.security.launches import signed

pytestmark = pytest.mark.django_db


def environment(*arguments: str) -> str:
    reported = io.StringIO()
    call_command("environment", *arguments, stdout=reported)
    return reported.getvalue()


@pytest.fixture
def typed(monkeypatch):
    """What comes on standard input."""

    def give(*lines: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines) + "\n"))

    give("the-api-secret")
    return give


def added(cloud: str, typed) -> str:
    typed("the-api-secret")
    return environment("add", cloud, "--api-key", "123", "--no-check")


def secret_in(reported: str) -> str:
    return next(line.split()[1] for line in reported.splitlines() if line.strip().startswith("secret"))


def test_an_added_environment_tells_its_launch_secret_once_and_launches_with_it(typed):
    reported = added("demo", typed)
    secret = secret_in(reported)
    assert "http://localhost:8000/launch" in reported
    assert "the-api-secret" not in reported
    assert Environment.objects.get().api_secret == "the-api-secret"
    assert verify(signed(secret, cloud_name="demo", iss="cloudinary-console"), now=timezone.now()).environment.pk
    assert secret not in environment("list")


def test_a_key_that_cloudinary_refuses_is_not_kept(typed, scene):
    place = scene([], [])
    base = ["--api-key", place.environment.api_key, "--upload-prefix", place.environment.upload_prefix]
    place.environment.delete()
    cloud = place.world.environments[0].cloud_name
    with pytest.raises(CommandError, match="refuses the API key"):
        environment("add", cloud, *base)
    assert not Environment.objects.exists()
    typed(place.world.environments[0].keys.api_secret)
    assert f"{cloud} is added" in environment("add", cloud, *base)


def test_an_environment_is_added_once_and_only_with_its_secret(typed):
    added("demo", typed)
    with pytest.raises(CommandError, match="exists already"):
        added("demo", typed)
    typed("")
    with pytest.raises(CommandError, match="the API secret is missing"):
        environment("add", "other", "--api-key", "1", "--no-check")
    assert Environment.objects.count() == 1


def test_the_list_names_all_with_their_stores_and_no_secret(typed):
    added("first", typed)
    added("second", typed)
    reported = environment("list")
    assert [line.split()[0] for line in reported.splitlines()[1:]] == ["first", "second"]
    assert "the-api-secret" not in reported


def test_after_a_rotation_both_launch_secrets_are_good_for_a_while(typed):
    old = secret_in(added("demo", typed))
    new = secret_in(environment("rotate-secret", "demo", "launch", "--keep-hours", "1"))
    known = {"cloud_name": "demo", "iss": "cloudinary-console"}
    assert old != new
    for secret in (old, new):
        assert verify(signed(secret, **known), now=timezone.now())
    Environment.objects.update(former_launch_until=timezone.now())
    with pytest.raises(LaunchRefused, match="signature"):
        verify(signed(old, **known), now=timezone.now())
    assert verify(signed(new, **known), now=timezone.now())


def test_another_api_key_is_kept_with_its_secret(typed):
    added("demo", typed)
    typed("another")
    environment("rotate-secret", "demo", "api", "--api-key", "456", "--no-check")
    kept = Environment.objects.get()
    assert (kept.api_key, kept.api_secret) == ("456", "another")


def test_removing_says_what_goes_and_takes_only_its_own(typed):
    for cloud in ("first", "second"):
        added(cloud, typed)
        row = Environment.objects.get(cloud_name=cloud)
        Store.objects.create(environment=row, domain="a.myshopify.com", access_token="x")
        Member.objects.create(environment=row, external_id="u1")
    reported = environment("remove", "first", "--yes")
    assert "1  stores" in reported
    assert "1  members" in reported
    assert [store.environment.cloud_name for store in Store.objects.all()] == ["second"]
    assert AuditEntry.objects.filter(cloud_name="first", action="environment.remove").exists()


def test_removing_wants_the_name_written(typed, monkeypatch):
    added("demo", typed)
    monkeypatch.setattr("builtins.input", lambda _: "yes")
    with pytest.raises(CommandError, match="Nothing was removed"):
        environment("remove", "demo")
    assert Environment.objects.exists()


def test_what_is_not_there_is_reported(typed):
    for arguments in (["remove", "x", "--yes"], ["rotate-secret", "x", "launch"]):
        with pytest.raises(CommandError, match="There is no environment x"):
            environment(*arguments)


@pytest.fixture
def first(settings):
    known = {"cloud_name": "demo", "api_key": "1", "api_secret": "s", "launch_secret": "x" * 40}
    settings.FIRST_ENVIRONMENT = settings.FIRST_ENVIRONMENT | known
    return settings.FIRST_ENVIRONMENT


def test_the_first_environment_comes_from_variables_however_often_that_runs(first):
    assert "demo is added" in environment("from-env")
    Environment.objects.update(default_link_mode="prepend")
    assert "as the variables say" in environment("from-env")
    first["api_secret"] = "another"
    assert "demo is changed" in environment("from-env")
    kept = Environment.objects.get()
    assert (kept.api_secret, kept.default_link_mode) == ("another", "prepend")


def test_incomplete_variables_are_reported(first):
    first["launch_secret"] = "short"
    with pytest.raises(CommandError, match="less than 32"):
        environment("from-env")
    first["api_key"] = ""
    with pytest.raises(CommandError, match="api_key"):
        environment("from-env")
    first["cloud_name"] = ""
    assert "nothing to do" in environment("from-env")
    assert not Environment.objects.exists()


def test_variables_set_delivery_base_and_issuer_and_what_they_do_not_name_stays(first):
    first["delivery_base"] = "https://media.example.com/"
    first["launch_issuer"] = "console.example.com"
    environment("from-env")
    kept = Environment.objects.get()
    assert (kept.delivery_base, kept.launch_issuer) == ("https://media.example.com", "console.example.com")
    first["delivery_base"] = ""
    first["launch_issuer"] = ""
    assert "as the variables say" in environment("from-env")
    assert Environment.objects.get().delivery_base == "https://media.example.com"
    first["delivery_base"] = "media.example.com"
    with pytest.raises(CommandError, match="The delivery base is 'media"):
        environment("from-env")


def test_a_console_that_has_a_launch_secret_keeps_it(typed, tmp_path):
    secret, known = "k" * 31, {"cloud_name": "demo", "iss": "cloudinary-console"}
    (tmp_path / "secret").write_text(secret + "\n")
    arguments = ("demo", "--api-key", "1", "--no-check", "--launch-secret-file", str(tmp_path / "secret"))
    with pytest.raises(CommandError, match="less than 32 characters"):
        environment("add", *arguments)
    with pytest.raises(CommandError, match="cannot be read"):
        environment("add", *arguments[:-1], str(tmp_path / "nowhere"))
    assert not Environment.objects.exists()
    (tmp_path / "secret").write_text(secret + "kk\n")
    assert secret not in environment("add", *arguments)
    assert verify(signed(secret + "kk", **known), now=timezone.now())
    (tmp_path / "secret").write_text("n" * 40)
    assert "works until" in environment("set", "demo", "--launch-secret-file", str(tmp_path / "secret"))
    for good in (secret + "kk", "n" * 40):
        assert verify(signed(good, **known), now=timezone.now())


def test_addresses_issuer_and_name_change_later_with_what_that_affects(typed, settings):
    secret = secret_in(added("demo", typed))
    arguments = ["--delivery-base", "https://media.example.com/", "--launch-issuer", "other", "--name", "Demo"]
    reported = environment("set", "demo", *arguments)
    for words in (
        "demo: pictures from - -> https://media.example.com",
        "uploads none again",
        "add https://media.example.com to IMAGE_SOURCES",
        "AssetLink now refuses launches that name cloudinary-console",
        "demo: name - -> Demo",
    ):
        assert words in reported
    with pytest.raises(LaunchRefused, match="not set up"):
        verify(signed(secret, cloud_name="demo", iss="cloudinary-console"), now=timezone.now())
    assert verify(signed(secret, cloud_name="demo", iss="other"), now=timezone.now())
    entry = AuditEntry.objects.get(action="environment.set")
    assert (entry.before["launch_issuer"], entry.after["launch_issuer"]) == ("cloudinary-console", "other")
    assert "has these values already" in environment("set", "demo", *arguments)
    assert AuditEntry.objects.filter(action="environment.set").count() == 1
    [row] = environment("list").splitlines()[1:]
    assert row.split() == [
        "demo",
        "Demo",
        "0",
        "0",
        "123",
        "other",
        "https://api.cloudinary.com",
        "https://media.example.com",
    ]
    environment("set", "demo", "--delivery-base", "")
    assert Environment.objects.get().delivery_base == ""


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--delivery-base", "media.example.com"],
        ["--delivery-base", "https://media.example.com/?a=1"],
        ["--delivery-base", "https://media.example.com; script-src *"],
        ["--delivery-base", "https://me:secret@media.example.com"],
        ["--delivery-base", "https://media.example.com:99999"],
        ["--delivery-base", "https://media.example.com/" + "a" * 200],
        ["--upload-prefix", "https://api.cloudinary.com/v1_1/demo"],
        ["--launch-issuer", " "],
    ],
)
def test_what_makes_no_sense_is_not_kept(typed, arguments):
    added("demo", typed)
    before = Environment.objects.values().get()
    with pytest.raises(CommandError):
        environment("set", "demo", *arguments)
    assert Environment.objects.values().get() == before


def test_a_key_or_an_api_that_does_not_answer_is_not_kept(typed, scene):
    place = scene([], [])
    cloud, good = place.environment.cloud_name, place.world.environments[0].keys
    typed("wrong")
    with pytest.raises(CommandError, match="refuses the API key"):
        environment("set", cloud, "--api-key", good.api_key)
    with pytest.raises(CommandError, match="does not answer"):
        environment("set", cloud, "--upload-prefix", "http://127.0.0.1:1")
    assert environment("set", cloud, "--upload-prefix", "http://127.0.0.1:1", "--no-check")
    typed(good.api_secret)
    reported = environment("set", cloud, "--upload-prefix", place.url, "--api-key", good.api_key)
    assert f"{cloud}: API http://127.0.0.1:1 -> {place.url}" in reported
    assert good.api_secret not in reported
    place.environment.refresh_from_db()
    assert (place.environment.upload_prefix, place.environment.api_secret) == (place.url, good.api_secret)


@pytest.mark.parametrize(
    ("sources", "shown"),
    [
        ([], False),
        (["https://media.example.com"], True),
        (["media.example.com"], True),
        (["http://media.example.com"], False),
        (["https://*.example.com/"], True),
        (["https://*.media.example.com"], False),
        (["https://*.ample.com"], False),
        (["https:"], True),
        (["*"], True),
    ],
)
def test_pictures_are_shown_from_where_the_policy_says(settings, sources, shown):
    settings.IMAGE_SOURCES = sources
    assert is_shown("https://media.example.com/demo") == shown
