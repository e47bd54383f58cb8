"""`manage.py environment`: tenants come, change their keys and go, and nobody else notices."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

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
    with pytest.raises(CommandError, match="there already"):
        added("demo", typed)
    typed("")
    with pytest.raises(CommandError, match="Without the API secret"):
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
def variables(monkeypatch):
    known = {
        "CLOUD_NAME": "demo",
        "CLOUD_API_KEY": "1",
        "CLOUD_API_SECRET": "s",
        "LAUNCH_SECRET": "x" * 40,
    }
    for name, value in known.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_the_first_environment_comes_from_variables_however_often_that_runs(variables):
    assert "demo is added" in environment("from-env")
    Environment.objects.update(default_link_mode="prepend")
    assert "as the variables say" in environment("from-env")
    variables.setenv("CLOUD_API_SECRET", "another")
    assert "demo is changed" in environment("from-env")
    kept = Environment.objects.get()
    assert (kept.api_secret, kept.default_link_mode) == ("another", "prepend")


def test_incomplete_variables_are_reported(variables):
    variables.setenv("LAUNCH_SECRET", "short")
    with pytest.raises(CommandError, match="less than 32"):
        environment("from-env")
    variables.delenv("CLOUD_API_KEY")
    with pytest.raises(CommandError, match="api_key"):
        environment("from-env")
    variables.delenv("CLOUD_NAME")
    assert "nothing to do" in environment("from-env")
    assert not Environment.objects.exists()
