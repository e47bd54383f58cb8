"""Secrets at rest: bound to their tenant, opened only by their key, rotated while the app runs, and shown nowhere."""

import io
import json
from threading import Event, Thread

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from setup.management.commands import rotate_keys
from setup.models import Environment, Store
from setup.security.secrets import SecretUnreadable, SecretWithoutTenant, seal, unseal

pytestmark = pytest.mark.django_db
OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))


def environment(cloud: str = "demo", **known) -> Environment:
    values = {"api_key": "k", "api_secret": "the api secret", "launch_issuer": "console", "launch_secret": "the launch"}
    return Environment.objects.create(cloud_name=cloud, **values | known)


def store(owner: Environment, domain: str = "a.myshopify.com", token: str = "shpat_the_token") -> Store:
    return Store.objects.create(environment=owner, domain=domain, access_token=token)


def stored(table: str, column: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def write(table: str, column: str, pk: int, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [value, pk])


def rotate(*arguments: str) -> str:
    reported = io.StringIO()
    call_command("rotate_keys", *arguments, stdout=reported)
    return reported.getvalue()


def test_a_secret_is_read_as_it_was_saved_and_stored_under_the_first_key(settings):
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    kept = store(environment())
    assert Store.objects.get().access_token == "shpat_the_token"
    [text] = stored("setup_store", "access_token")
    assert text.startswith("v2$")
    assert "shpat" not in text
    kept.access_token = "another"
    kept.save(update_fields=["access_token"])
    assert Store.objects.get().access_token == "another"


def test_a_row_that_is_copied_to_another_tenant_opens_nothing_there():
    mine, other = store(environment("mine")), store(environment("other"), token="")
    write("setup_store", "access_token", other.pk, stored("setup_store", "access_token")[0])
    assert Store.objects.get(pk=mine.pk).access_token == "shpat_the_token"
    with pytest.raises(SecretUnreadable, match=r"belongs to environment \d+, not to environment \d+"):
        _ = Store.objects.get(pk=other.pk).access_token
    Store.objects.filter(pk=mine.pk).update(environment=other.environment, domain="moved.myshopify.com")
    with pytest.raises(SecretUnreadable, match="copied or moved"):
        _ = Store.objects.get(pk=mine.pk).access_token


def test_the_secrets_of_an_environment_are_its_own():
    first, second = environment("first"), environment("second")
    write("setup_environment", "api_secret", second.pk, stored("setup_environment", "api_secret")[0])
    with pytest.raises(SecretUnreadable, match="belongs to cloud first"):
        _ = Environment.objects.get(pk=second.pk).api_secret
    assert Environment.objects.get(pk=first.pk).launch_secret == "the launch"


def test_what_was_stored_before_tenants_were_bound_is_read_and_bound_when_saved(settings):
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    row = store(environment())
    write("setup_store", "access_token", row.pk, Fernet(OLD).encrypt(b"from the old days").decode())
    kept = Store.objects.get()
    assert kept.access_token == "from the old days"
    kept.save()
    assert stored("setup_store", "access_token")[0].startswith("v2$")
    assert Store.objects.get().access_token == "from the old days"


def test_a_secret_under_a_key_that_is_not_known_says_which_key(settings):
    settings.ENCRYPTION_KEYS = [OLD]
    store(environment())
    settings.ENCRYPTION_KEYS = [OTHER]
    with pytest.raises(SecretUnreadable, match=r"needs the key [0-9a-f]{8}, which ENCRYPTION_KEYS does not hold"):
        _ = Store.objects.get().access_token


@pytest.mark.parametrize("damage", [lambda text: text[:-4] + "AAAA", lambda text: text[:40], lambda text: "v2$x"])
def test_a_damaged_secret_is_an_error_that_tells_nothing_of_it(damage):
    row = store(environment())
    write("setup_store", "access_token", row.pk, damage(stored("setup_store", "access_token")[0]))
    with pytest.raises(SecretUnreadable) as caught:
        _ = Store.objects.get().access_token
    assert "shpat" not in str(caught.value)


def test_an_unreadable_secret_breaks_only_what_needs_it():
    row = store(environment())
    write("setup_store", "access_token", row.pk, "nonsense")
    kept = Store.objects.get()
    assert kept.domain == "a.myshopify.com"
    kept.name = "North"
    kept.save(update_fields=["name"])


def test_a_secret_is_never_written_without_its_row():
    row = store(environment())
    with pytest.raises(SecretWithoutTenant), transaction.atomic():
        Store.objects.filter(pk=row.pk).update(access_token="plain")
    with pytest.raises(SecretWithoutTenant):
        Store.objects.filter(access_token="shpat_the_token").exists()
    Store.objects.filter(pk=row.pk).update(access_token="")
    assert Store.objects.get().access_token == ""


def test_rows_of_secrets_show_none_in_repr_values_or_fixtures():
    row = store(environment())
    reported = io.StringIO()
    call_command("dumpdata", "setup", stdout=reported)
    assert json.loads(reported.getvalue())
    text = reported.getvalue() + repr(row) + str(list(Store.objects.values())) + str(list(Environment.objects.values()))
    for secret in ("shpat_the_token", "the api secret", "the launch"):
        assert secret not in text


def test_rotation_encrypts_everything_again_and_then_the_old_key_is_not_needed(settings):
    settings.ENCRYPTION_KEYS = [OLD]
    owner = environment()
    for at in range(205):
        store(owner, f"s{at}.myshopify.com", f"token {at}")
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    with pytest.raises(CommandError, match="are left"):
        rotate("--check")
    assert "207 encrypted again, 0 left" in rotate()
    assert "0 encrypted again, 0 left" in rotate()
    settings.ENCRYPTION_KEYS = [NEW]
    assert [row.access_token for row in Store.objects.order_by("pk")] == [f"token {at}" for at in range(205)]
    assert Environment.objects.get().api_secret == "the api secret"


def test_a_rotation_that_was_stopped_goes_on_where_it_was(settings, monkeypatch):
    settings.ENCRYPTION_KEYS = [OLD]
    owner = environment()
    for at in range(5):
        store(owner, f"s{at}.myshopify.com")
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    written, real = [], rotate_keys.rewrite

    def until_the_fourth(row, field):
        if len(written) == 4:
            raise KeyboardInterrupt
        written.append(real(row, field))
        return written[-1]

    monkeypatch.setattr(rotate_keys, "rewrite", until_the_fourth)
    with pytest.raises(KeyboardInterrupt):
        rotate()
    monkeypatch.undo()
    assert "3 encrypted again, 0 left" in rotate()


def test_what_cannot_be_read_is_named_and_the_rest_is_rotated(settings):
    settings.ENCRYPTION_KEYS = [OLD]
    owner = environment()
    lost, kept = store(owner, "lost.myshopify.com"), store(owner, "kept.myshopify.com")
    write("setup_store", "access_token", lost.pk, Fernet(OTHER).encrypt(b"x").decode())
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    with pytest.raises(CommandError, match=f"setup.Store {lost.pk}, access_token"):
        rotate()
    settings.ENCRYPTION_KEYS = [NEW]
    assert Store.objects.get(pk=kept.pk).access_token == "shpat_the_token"


def test_a_token_that_is_renewed_during_the_rotation_is_not_overwritten(settings, monkeypatch):
    settings.ENCRYPTION_KEYS = [OLD]
    row = store(environment())
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    real = rotate_keys.seal

    def with_a_renewal_between(secret, tenant):
        if secret == "shpat_the_token":
            fresh = Store.objects.get(pk=row.pk)
            fresh.access_token = "renewed"
            fresh.save()
        return real(secret, tenant)

    monkeypatch.setattr(rotate_keys, "seal", with_a_renewal_between)
    assert "0 left" in rotate()
    assert Store.objects.get().access_token == "renewed"


@pytest.mark.django_db(transaction=True)
def test_readers_and_writers_go_on_while_keys_are_rotated(settings):
    settings.ENCRYPTION_KEYS = [OLD]
    owner = environment()
    for at in range(120):
        store(owner, f"s{at}.myshopify.com", "token 0")
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    stop, seen, troubles = Event(), set(), []

    def work():
        try:
            while not stop.is_set():
                row = Store.objects.order_by("?").first()
                seen.add(row.access_token.partition(" ")[0])
                row.access_token = f"token {len(seen)}"
                row.save(update_fields=["access_token"])
        except Exception as error:
            troubles.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=work) for _ in range(3)]
    [thread.start() for thread in threads]
    reported = rotate()
    stop.set()
    [thread.join(20) for thread in threads]
    assert (troubles, seen) == ([], {"token"})
    assert "0 left" in reported
    settings.ENCRYPTION_KEYS = [NEW]
    assert {row.access_token.partition(" ")[0] for row in Store.objects.all()} == {"token"}


def test_sealing_twice_gives_two_texts_and_one_secret():
    first, second = seal("s", "t"), seal("s", "t")
    assert first != second
    assert unseal(first, "t") == unseal(second, "t") == "s"
