"""What cannot be read is refused at one place, with one line in the log that never carries the value whole."""

import logging
from io import BytesIO

import pytest
from django.core.handlers.wsgi import WSGIHandler

from assetlink_site.logs import LONGEST_REFUSAL, LONGEST_VALUE, Json, Refusals, Text, configuration
from assetlink_site.variables import Variables
from setup.security.plain_type import plain_type, with_plain_type
from setup.security.readable import TEXTS
from tests.linking.visits import enter, text_of
from tests.setup.security.test_limits import member

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="label"\r\n'
FILE = PART.replace(b'"label"', b'"label"; filename="x"')
UNREADABLE = {
    "fields": (b"a=1&" * 4000, FORM, 400, "Too many fields"),
    "parts": ((PART + b"\r\n1\r\n") * 3100 + b"--x--\r\n", MULTIPART, 400, "Too many fields"),
    "length": (b"x" * 600_000, FORM, 413, "Too large"),
    "no end": (b"garbage", "multipart/form-data", 400, "Unreadable body"),
    "base64": (FILE + b"Content-Transfer-Encoding: base64\r\n\r\nA===\r\n--x--\r\n", MULTIPART, 400, "Unreadable body"),
    "nul": (b"label=a%00b", FORM, 400, "NUL byte"),
    "nul of a part": (PART + b"\r\na\0b\r\n--x--\r\n", MULTIPART, 400, "NUL byte"),
    "nul of a name": (b"%00=x", FORM, 400, "NUL byte"),
}


@pytest.fixture
def log():
    """Records as the console gets them."""
    found: list[logging.LogRecord] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(record)

    kept, root = Kept(), logging.getLogger()
    kept.addFilter(Refusals())
    root.addHandler(kept)
    yield found
    root.removeHandler(kept)


@pytest.mark.django_db
@pytest.mark.parametrize("case", UNREADABLE)
def test_what_cannot_be_read_is_refused_with_one_line_of_warning(client, log, case):
    body, kind, status, why = UNREADABLE[case]
    enter(client, member())
    page = client.generic("POST", "/setup/matching/", body, content_type=kind)
    assert (page.status_code, text_of(page).count(str(TEXTS[why]))) == (status, 1)
    fragment = client.generic("POST", "/setup/matching/", body, content_type=kind, headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment.content.decode()) == (status, TEXTS[why])
    assert fragment["Content-Type"].startswith("text/plain")
    assert [(one.levelname, one.getMessage(), one.exc_info) for one in log] == [
        ("WARNING", f"{why}: /setup/matching/", None)
    ] * 2


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/setup/audit/?person=%00", "/syncs/?%00=1", "/setup/%00/", "/links/?q=a%00"])
def test_an_address_with_a_nul_byte_leads_nowhere(client, address):
    enter(client, member())
    assert client.get(address).status_code in (400, 404)


@pytest.mark.django_db
@pytest.mark.parametrize("value", ['"\\000\\001\\002\\003\\004\\005\\006\\007"', "\xff" * 40, "x" * 4000])
def test_a_cookie_that_names_no_session_is_none(client, settings, value):
    assert client.get("/setup/", headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={value}"}).status_code == 401


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        (FORM, FORM),
        (f"{FORM}; charset=utf-8", FORM),
        (f"{FORM}; charset=base64", FORM),
        ("Multipart/Form-Data; boundary=x; charset=unicode_escape", MULTIPART),
        ('multipart/form-data; boundary="a b"', 'multipart/form-data; boundary="a b"'),
        ("application/json; c*=d''%", "application/json"),
        ("application/vnd.api+json", "application/vnd.api+json"),
        ("nonsense", ""),
        ("", ""),
        ("x" * 5000, ""),
    ],
)
def test_a_content_type_says_type_and_boundary_and_nothing_else(given, plain):
    assert plain_type(given) == plain


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["a/b; c*=d''%", "text/plain; charset=base64", "text/plain; charset=unicode_escape"])
def test_no_content_type_breaks_a_request_before_a_middleware_is_asked(kind):
    begun: list[str] = []
    known = {"REQUEST_METHOD": "GET", "PATH_INFO": "/healthz", "QUERY_STRING": "a=%FF", "CONTENT_TYPE": kind}
    environ = known | {"SERVER_NAME": "x", "SERVER_PORT": "80", "wsgi.input": BytesIO(), "wsgi.url_scheme": "http"}
    with_plain_type(WSGIHandler())(environ, lambda status, headers: begun.append(status))
    assert begun == ["200 OK"]


@pytest.mark.django_db
def test_another_host_is_one_line_of_warning_too(client, log):
    assert client.get("/setup/", headers={"host": "a b" + "c" * 5000}).status_code == 400
    [line] = log
    assert (line.levelname, line.exc_info) == ("WARNING", None)
    assert len(Text().format(line)) < LONGEST_REFUSAL + 200
    assert "refusals" in configuration(Variables())["handlers"]["console"]["filters"]


@pytest.mark.django_db
@pytest.mark.parametrize("writer", [Text, Json])
def test_an_address_of_any_length_is_cut_in_the_log(client, log, writer):
    assert client.get("/" + "x" * 8000).status_code == 404
    [line] = log
    assert len(writer().format(line)) < LONGEST_REFUSAL + 300
    assert "(8,001 characters)" in writer().format(line)


@pytest.mark.parametrize("writer", [Text, Json])
def test_a_value_of_any_length_leaves_the_rest_of_its_line_to_be_read(writer):
    record = logging.LogRecord("x", logging.INFO, "", 1, "%s in %s: %d", ("9" * 5000, "North", 3), None)
    assert " in North: 3" in writer().format(record)
    assert "9" * (LONGEST_VALUE + 1) not in writer().format(record)


def test_names_that_a_mapping_makes_up_are_logged_as_well():
    class Known(dict):
        def __missing__(self, name: str) -> str:
            return "-"

    record = logging.LogRecord("x", logging.INFO, "", 1, "%(a)s %({b}o)s", (Known(a="9" * 5000),), None)
    assert Text().format(record).endswith("9… (5,000 characters) -")
