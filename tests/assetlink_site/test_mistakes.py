"""Mistakes that operators make in the settings, each with who names it before anything starts and the words that say what to do.
What is found later: test_mistakes_found_later.py."""

import pytest

from assetlink_site.starting import found_wrong

KEY = "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk="
GOOD = {
    "APP_URL": "https://assetlink.example.com",
    "SECRET_KEY": "a-long-secret-key-of-a-deployment-0123456789-abcdefghij",
    "ENCRYPTION_KEYS": KEY,
    "ALLOWED_HOSTS": "assetlink.example.com localhost",
    "TRUSTED_PROXIES": "1",
    "DATABASE_URL": "postgres://assetlink:secret-word@db:5432/assetlink",
}
EARLY = "a character within its user or password ends it too early: write @ as %40, / as %2F, # as %23"

POSTGRES_QUERIES = [
    ("foo=secret-word", "it has foo= behind the ?, which Postgres does not know."),
    ("conn_max_age=abc", "it has conn_max_age= behind the ?, which Postgres does not know."),
    ("pool=true", "it has pool= behind the ?, which Postgres does not know."),
    ("secret-word", "it has something behind the ?, which Postgres does not know."),
    ("connect_timeout=abc", "connect_timeout= behind the ? must be a whole number."),
    ("sslmode=on", "sslmode= behind the ? must be one of allow, disable"),
    ("sslmode=require&sslmode=disable", "it has sslmode= twice behind the ?."),
    ("isolation_level=serializable", "isolation_level= behind the ? must be a number from 1 to 4"),
]
REDIS_QUERIES = [
    ("foo=bar", "it has foo= behind the ?, which a redis:// address does not know."),
    ("ssl_cert_reqs=none", "it has ssl_cert_reqs= behind the ?, which a redis:// address does not know."),
    ("socket_timeout=nan", "socket_timeout= behind the ? has a value that cannot be used."),
    ("retry_on_error=x", "it has retry_on_error= behind the ?, which a redis:// address does not know."),
    ("protocol=9", "protocol= behind the ? has a value that cannot be used."),
]

# Variable, its value, and words of the line that start-up writes. The values' secret is in no line.
START_UP = [
    ("TRUSTED_PROXIES", "-1", "is '-1': it must be a whole number from 0 to 20."),
    ("TRUSTED_PROXIES", "one", "is 'one': it must be a whole number from 0 to 20."),
    ("TRUSTED_PROXIES", "9" * 5000, f"is '{'9' * 40}': it must be a whole number"),
    ("REQUESTS_PER_MINUTE", "0", "is '0': it must be a whole number from 1 to 1,000,000."),
    ("REPORT_DAYS", "999999", "is '999999': it must be a whole number from 0 to 36,500."),
    ("LEASE_SECONDS", "nan", "is 'nan': it must be a number from 0.01"),
    ("SWEEP_SECONDS", "-5", "is '-5': it must be a number from 0.01"),
    ("SESSION_HOURS", "inf", "is 'inf': it must be a number from 0.01"),
    ("SESSION_HOURS", "12h", "is '12h': it must be a number from 0.01"),
    ("DEBUG", "maybe", "is 'maybe': it must be 1 (on) or 0 (off)."),
    ("LOG_LEVEL", "loud", "is 'loud': it must be DEBUG, INFO, WARNING, ERROR or CRITICAL."),
    ("LOG_FORMAT", "xml", "is 'xml': it must be text or json."),
    ("SECRET_KEY", "", "is not set: make one with `python -c"),
    ("SECRET_KEY", "   ", "is not set: make one with `python -c"),
    ("SECRET_KEY", f"'{GOOD['SECRET_KEY']}'", "is in quotation marks, which are taken for a part of it: remove them."),
    ("ENCRYPTION_KEYS", "", "is not set: restore it from where your keys are kept; only a new installation makes one"),
    (
        "ENCRYPTION_KEYS",
        "secret-word",
        "cannot be used: key 1 of 1 is no key: restore it from where your keys are kept; only a new installation makes one",
    ),
    ("ENCRYPTION_KEYS", f"{KEY},secret-word", "cannot be used: key 2 of 2 is no key: restore it"),
    ("LAUNCH_SECRET", "secret-word", "cannot be used: it has fewer than 32 characters."),
    ("METRICS_TOKEN", "secret-word\nsecond", "has a line break or another control character within: write it again."),
    ("APP_URL", "app.example.com", "is 'app.example.com': it must begin with https://"),
    (
        "APP_URL",
        "https://",
        "is 'https://': it must begin with https:// (or http:// on your own machine) and name a host.",
    ),
    (
        "APP_URL",
        "https://u:secret-word@a.example.com",
        "cannot be used: it must be an address without user, ? and #.",
    ),
    ("APP_URL", "https://bücher.example", "write its host as browsers send it: xn--bcher-kva.example."),
    (
        "APP_URL",
        "https://app example.com",
        "it must begin with https:// (or http:// on your own machine) and name a host.",
    ),
    ("APP_URL", "https://[::1", "is 'https://[::1': it cannot be read as an address"),
    ("PORT", "70000", "is '70000': it must be a whole number from 1 to 65,535."),
    ("WEB_CONCURRENCY", "auto", "is 'auto': it must be a whole number from 1 to 1,000."),
    ("HSTS_PRELOAD", "1", "needs HSTS_INCLUDE_SUBDOMAINS=1"),
    ("SHOPIFY_BASE_URL", "localhost:8001", "is 'localhost:8001': it must begin with https://"),
    ("CLOUD_UPLOAD_PREFIX", "api-eu.cloudinary.com", "is 'api-eu.cloudinary.com': it must begin with https://"),
    (
        "ALLOWED_HOSTS",
        "localhost https://a.example.com",
        "entry 2 is no host name: write it without https://, port and path",
    ),
    ("ALLOWED_HOSTS", "a.example.com:8000", "entry 1 is no host name: write it without https://, port and path"),
    ("WEBHOOK_NETWORKS", "127.0.0.0/8 localhost", "entry 2 is no network of IP addresses: write it as 127.0.0.0/8"),
    ("WEBHOOK_NETWORKS", "10.1.2.3/8", "entry 1 is no network of IP addresses"),
    ("ALLOWED_HOSTS", "bücher.example", "write entry 1 as browsers send it: xn--bcher-kva.example."),
    ("DATABASE_URL", "u:secret-word@db/a", "cannot be used: it must be an address such as postgres://"),
    ("DATABASE_URL", "mysql://u:secret-word@db/a", "cannot be used: it must be an address such as postgres://"),
    ("DATABASE_URL", "postgres://u:secret-word@db", "it names no database: postgres://user:password@host:5432/NAME."),
    ("DATABASE_URL", "postgres://u:secret-word@db:54x/a", "it cannot be read as an address: its port"),
    ("DATABASE_URL", "sqlite://a.sqlite3", "write sqlite:/// and then the path of the file"),
    *[("DATABASE_URL", f"postgres://u:secret-word{sign}@db/a", EARLY) for sign in "@/#?%"],
    *[("REDIS_URL", f"redis://:secret-word{sign}@redis:6379/0", EARLY) for sign in "@/#?%"],
    ("REDIS_URL", "localhost:6379", "it must be an address such as redis://localhost:6379/0"),
    ("REDIS_URL", "http://localhost:6379", "it must be an address such as redis://localhost:6379/0"),
    ("REDIS_URL", "redis://redis:6379/queue", "what stands behind the host must be the number of a database"),
    ("REPORT_STORAGE_OPTIONS", '{"a": "secret-word"', "it is no JSON (line 1, column 20); write"),
    ("REPORT_STORAGE_OPTIONS", '["secret-word"]', "it must be a JSON object"),
    (
        "OIDC_PROVIDERS",
        '{"Okta": {"secret-word": 1}}',
        "a provider's key is up to 31 small letters, digits and hyphens",
    ),
    ("OIDC_PROVIDERS", '{"okta": "secret-word"}', "okta must be a JSON object."),
    ("OIDC_PROVIDERS", '{"okta": {"client_secret": "secret-word"}}', "okta has no discovery."),
    (
        "OIDC_PROVIDERS",
        '{"okta": {"discovery": "https://a.example", "client_id": "secret-word", "trust_email": "false"}}',
        "trust_email of okta must be true or false.",
    ),
    (
        "OIDC_PROVIDERS",
        '{"okta": {"discovery": "id.example.com", "client_id": "a"}}',
        "discovery of okta: it must begin",
    ),
    (
        "OIDC_PROVIDERS",
        '{"okta": {"clientid": "secret-word"}}',
        "okta has clientid; a provider has discovery, client_id",
    ),
    (
        "OIDC_PROVIDERS",
        '{"okta": {"discovery": "https://a.example", "client_id": "a", "scopes": "email"}}',
        "scopes of okta must have openid.",
    ),
    (
        "OIDC_PROVIDERS",
        '{"okta": {"discovery": "https://a.example", "client_id": "a", "groups": {"g": {"cloud": "boss"}}}}',
        "a role in groups of okta must be one of admin, member, viewer.",
    ),
    ("EMAIL_FROM", "AssetLink", "is 'AssetLink': it must be an e-mail address, or Name <address>."),
    ("EMAIL_HOST", "smtp.example.com", "EMAIL_HOST needs EMAIL_FROM"),
    ("CLOUDINARY_OAUTH_CLIENT_ID", "a", "needs CLOUDINARY_OAUTH_CLIENT_SECRET."),
    ("SECRET_KEY_FILE", "/run/secrets/key", "SECRET_KEY and SECRET_KEY_FILE are both set: remove one of them."),
    ("METRICS_TOKEN_FILE", "/nowhere/token", "cannot be read (No such file or directory): mount it"),
    ("METRICS_TOKEN_FILE", "/", "names /, which cannot be read (Is a directory): mount it"),
    ("REDIS_URL_FILE", "/dev/null", "names /dev/null, which cannot be read (it is no regular file): mount it"),
    ("METRICS_TOKEN_FILE", "secret-word", "_FILE must be the path of a file (METRICS_TOKEN takes the value itself)."),
    ("METRICS_TOKEN_FILE", "/n" * 2500, f"names {'/n' * 50}…, which cannot be read (File name too long): mount it"),
    ("METRICS_TOKEN_FILE", "/nowhere\nAPP_URL is wrong", r"names /nowhere\nAPP_URL is wrong, which cannot be read"),
    ("METRICS_TOKEN", "secret-word\udcff", "has bytes that are no UTF-8 text: write it again."),
    ("ENCRYPTION_KEYS", f"{KEY};{KEY}", "key 1 of 1 is no key"),
    ("ENCRYPTION_KEYS", f"{KEY}AAAA", "key 1 of 1 is no key"),
    ("ENCRYPTION_KEYS", f"{KEY[:-2]}l=", "key 1 of 1 is no key"),
    ("ENCRYPTION_KEYS", ",", "it has no entry: name one, or remove it."),
    ("ALLOWED_HOSTS", " , ", "it has no entry: name one, or remove it."),
    ("SESSION_HOURS", "1_0", "is '1_0': it must be a number from 0.01"),
    ("SESSION_HOURS", "\u0663", "it must be a number from 0.01"),
    ("APP_URL", "https://a.example.com:0", "is 'https://a.example.com:0': its port cannot be 0."),
    *[
        ("APP_URL", f"https://a.example.com/a{sign}b", "it has a blank, a quotation mark or another")
        for sign in "\"'< "
    ],
    *[("DATABASE_URL", f"postgres://u:secret-word@db/a?{query}", words) for query, words in POSTGRES_QUERIES],
    *[("REDIS_URL", f"redis://:secret-word@redis:6379/0?{query}", words) for query, words in REDIS_QUERIES],
    (
        "REDIS_URL",
        "unix:///r.sock?socket_keepalive=1",
        "it has socket_keepalive= behind the ?, which a unix:// address",
    ),
    ("DATABASE_URL", "sqlite:////tmp/a.sqlite3?timeout=abc", "an address of SQLite takes nothing behind a ?"),
    ("DATABASE_URL", "postgres://u:secret-word%00x@db/a", "it has a control character, such as %00 or %0A."),
    ("DATABASE_URL", "postgres://u:secret-word%FFx@db/a", "is no UTF-8 text."),
    ("REDIS_URL", "redis://:secret-word%00x@redis/0", "it has a control character, such as %00 or %0A."),
    ("DATABASE_URL", "postgres://u:secret-word@db/a#b", "it has a #, behind which nothing is read: write @ as %40"),
    ("REPORT_STORAGE_OPTIONS", f"{'[' * 30_000}{']' * 30_000}", "it is nested too deeply."),
    ("REPORT_STORAGE_OPTIONS", '{"a":' * 400 + "1" + "}" * 400, "it is nested too deeply."),
]


@pytest.mark.parametrize(("name", "value", "words"), START_UP, ids=[f"{row[0]}={row[1][:30]}" for row in START_UP])
def test_start_up_names_it(name, value, words):
    [line] = found_wrong(GOOD | {name: value})
    assert line.startswith(name.removesuffix("_FILE"))
    assert words in line
    assert line.endswith(".")
    assert "secret-word" not in line


def test_good_settings_start():
    assert found_wrong(GOOD) == []
    assert found_wrong({}, keys=False) == []
    assert found_wrong({"DEBUG": "1", "ENCRYPTION_KEYS": KEY}) == []


def test_a_file_of_keys_that_is_empty_or_damaged_is_named(tmp_path):
    file = tmp_path / "keys"
    environ = {name: value for name, value in GOOD.items() if name != "ENCRYPTION_KEYS"} | {
        "ENCRYPTION_KEYS_FILE": str(file)
    }
    for written, words in (
        ("\n", f"ENCRYPTION_KEYS is not set ({file} is empty): restore it"),
        ("x", f"(from {file}) cannot"),
    ):
        file.write_text(written)
        (fault,) = found_wrong(environ)
        assert words in fault


def test_every_fault_is_named_at_once():
    wrong = {"TRUSTED_PROXIES": "x", "DATABASE_URL": "db", "SESSION_HOURS": "x", "APP_URL": "x"}
    assert [line.split()[0] for line in found_wrong(GOOD | wrong)] == [
        "APP_URL",
        "TRUSTED_PROXIES",
        "DATABASE_URL",
        "SESSION_HOURS",
    ]
