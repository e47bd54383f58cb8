"""Variables of the environment as settings: what may be written, and secrets in files."""

import os

import pytest
from cryptography.fernet import Fernet

from assetlink_site import variables
from assetlink_site.env import SettingsWrong


def test_what_is_empty_or_blank_counts_as_not_set():
    known = variables.read(
        {"APP_URL": "", "ALLOWED_HOSTS": "  ", "TRUSTED_PROXIES": "", "DEBUG": "", "REDIS_URL": "\n"}
    )
    assert known == variables.Variables()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("DEBUG", "True", True),
        ("DEBUG", "false", False),
        ("TRUSTED_PROXIES", " 2 ", 2),
        ("SESSION_HOURS", "0.5", 0.5),
        ("LOG_LEVEL", "debug", "DEBUG"),
        ("APP_URL", "https://assetlink.example.com:8443/", "https://assetlink.example.com:8443"),
        ("APP_URL", "HTTPS://AssetLink.example.com:443/", "https://assetlink.example.com"),
        ("APP_URL", "http://[::1]:8000", "http://[::1]:8000"),
        ("CLOUD_DELIVERY_BASE", "https://media.example.com/Path/", "https://media.example.com/Path"),
        ("ALLOWED_HOSTS", "a.example.com,.b.example.com\n[::1]", ("a.example.com", ".b.example.com", "[::1]")),
        ("DATABASE_URL", "postgres:///assetlink", "postgres:///assetlink"),
        ("DATABASE_URL", "postgres://%2Frun%2Fpostgresql/assetlink", "postgres://%2Frun%2Fpostgresql/assetlink"),
        ("DATABASE_URL", "sqlite:////data/a.sqlite3", "sqlite:////data/a.sqlite3"),
        (
            "DATABASE_URL",
            "postgres://u:p%40%2F%23@db/a?sslmode=require",
            "postgres://u:p%40%2F%23@db/a?sslmode=require",
        ),
        ("REDIS_URL", "rediss://:p%40@redis/3", "rediss://:p%40@redis/3"),
        ("REDIS_URL", "unix:///run/redis.sock?db=1", "unix:///run/redis.sock?db=1"),
        (
            "REDIS_URL",
            "rediss://r/0?ssl_cert_reqs=none&socket_timeout=2.5",
            "rediss://r/0?ssl_cert_reqs=none&socket_timeout=2.5",
        ),
        ("DATABASE_URL", "postgres:///a?host=/run&tcp_user_timeout=9", "postgres:///a?host=/run&tcp_user_timeout=9"),
        ("SESSION_HOURS", "1e1", 10.0),
        ("LAUNCH_AUDIENCE", "\ufeffconsole", "console"),
        ("REPORT_STORAGE_OPTIONS", '{\n"bucket_name": "reports"}', {"bucket_name": "reports"}),
    ],
)
def test_what_may_be_written(name, text, value):
    assert getattr(variables.read({name: text}), name.lower()) == value


@pytest.mark.parametrize("one", variables.SECRETS, ids=lambda one: one.name)
def test_every_secret_can_stand_in_a_file(one, tmp_path):
    keys = f"{Fernet.generate_key().decode()}\n{Fernet.generate_key().decode()}"
    written = {"ENCRYPTION_KEYS": keys, "DATABASE_URL": "postgres://u:p@db/a", "REDIS_URL": "redis://redis:6379/1"}
    written["OIDC_PROVIDERS"] = '{"okta": {"discovery": "https://okta.example.com", "client_id": "a"}}'
    text = written.get(one.name, '{"a": "of a length that is enough for everybody"}')
    path = tmp_path / "secret"
    path.write_text(f"{text}\r\n")
    named, itself = variables.read({f"{one.name}_FILE": str(path)}), variables.read({one.name: text})
    assert named == itself != variables.Variables()


def test_an_empty_variable_beside_its_file_is_none_and_the_file_is_named_in_messages(tmp_path):
    path = tmp_path / "keys"
    path.write_text("no key")
    with pytest.raises(SettingsWrong) as refused:
        variables.read({"ENCRYPTION_KEYS": "", "ENCRYPTION_KEYS_FILE": str(path)})
    assert str(refused.value).startswith(f"ENCRYPTION_KEYS (from {path}) cannot be used: key 1 of 2 is no key")


@pytest.mark.parametrize(
    ("content", "why"), [(b"\xff\xfe", "it is no text"), (b"x" * 70_000, "larger than 65,536 bytes")]
)
def test_a_file_that_holds_something_else_is_named(tmp_path, content, why):
    path = tmp_path / "token"
    path.write_bytes(content)
    with pytest.raises(SettingsWrong, match=why):
        variables.read({"METRICS_TOKEN_FILE": str(path)})


def test_no_secret_is_in_what_a_debugger_or_a_traceback_shows():
    known = variables.read({"SECRET_KEY": "secret-word", "DATABASE_URL": "postgres://u:secret-word@db/a", "PORT": "80"})
    assert "secret-word" not in repr(known)
    assert "port=80" in repr(known)


def test_a_pipe_that_nobody_writes_to_is_not_waited_for(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(SettingsWrong, match="it is no regular file"):
        variables.read({"SECRET_KEY_FILE": str(path)})


def test_the_mark_that_an_editor_puts_before_a_text_is_no_part_of_it(tmp_path):
    path = tmp_path / "key"
    path.write_bytes(b"\xef\xbb\xbfa-key\r\n")
    assert variables.read({"SECRET_KEY_FILE": str(path)}).secret_key == "a-key"
