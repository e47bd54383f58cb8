"""The reference page: everything of the document, for everybody, with an address for each part."""

import re
from collections import Counter

import pytest
from django.urls import reverse

from linking.api import reading
from linking.api.problems import TYPES
from linking.domain.alts import AltPolicy
from linking.domain.galleries import LinkMode
from setup.models import Environment, Member
from setup.models.api_keys import SCOPES
from tests.linking.api.test_document import document
from tests.linking.visits import enter

pytestmark = pytest.mark.django_db
HERE = "/api/reference"
NAMED = ("apply", "abort", "undo", "retry", "unlink")


@pytest.fixture
def page(client) -> str:
    answer = client.get(HERE)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def ada() -> Member:
    keys = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}
    of = Environment.objects.create(cloud_name="demo", **keys)
    return Member.objects.create(environment=of, external_id="ada", name="Ada Lovelace", roles=["master_admin"])


def ids(page: str) -> list[str]:
    return re.findall(r'\sid="([^"]+)"', page)


def test_every_operation_and_event_has_an_address_of_its_own(page):
    whole = [*document()["paths"].values(), *document()["webhooks"].values()]
    wanted = {one["operationId"] for methods in whole for one in methods.values()}
    assert wanted <= set(ids(page))
    assert [id for id, n in Counter(ids(page)).items() if n > 1] == []


def test_scopes_and_errors_have_theirs_and_every_link_within_the_page_leads_somewhere(page):
    assert {f"error-{name}" for name in TYPES} <= set(ids(page))
    assert {f"scope-{name.replace(':', '')}" for name in SCOPES} <= set(ids(page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids(page))


def test_links_to_pages_lead_somewhere(client, page):
    for address in set(re.findall(r'href="(/api/[^"#]*)"', page)):
        assert client.get(address).status_code == 200, address


def operation(name: str) -> reading.Operation:
    [found] = [one for section in reading.sections() for one in section.operations if one.id == name]
    return found


def test_fields_stand_below_those_that_hold_them():
    body = operation("start_run").request
    assert body
    fields = {f"{one.within}{one.name}": one for one in body.fields}
    assert fields["products[].assets[].alt"].type == "string or null"
    assert (fields["products[].product"].required, fields["products[].position"].limits) == (True, "from 1, to 250")
    assert (fields["dry_run"].default, fields["dry_run"].required) == ("true", False)
    assert list(fields["products[].assets[].role"].values) == ["gallery", "swatch"]
    assert fields["match.cloudinary_field"].required


def test_answers_and_events_have_their_fields_and_examples():
    [accepted, _problem] = operation("apply_run").answers
    assert accepted.body
    assert {"links", "counts"} <= {one.name for one in accepted.body.fields}
    assert '"removals": 0' in accepted.body.example
    assert "Retry-After" in dict(accepted.headers)
    event = operation("run_finished").request
    assert event
    assert "data.stores[].problem_code" in {f"{one.within}{one.name}" for one in event.fields}


def test_every_field_of_the_document_is_on_the_page(page):
    for name, schema in document()["components"]["schemas"].items():
        if name not in ("Problem", "Wrong"):  # errors are said once for all
            for field in schema.get("properties", {}):
                assert re.search(rf"</span>{field}</code>|<code>{field}</code>", page), (name, field)


def test_values_that_a_text_explains_stand_in_it_alone():
    body = operation("start_run").request
    assert body
    fields = {f"{one.within}{one.name}": one for one in body.fields}
    for name, values in (("mode", LinkMode), ("alt_policy", AltPolicy), ("new_versions", ("add", "replace"))):
        assert [one for one in values if f"<code>{one}</code>" not in fields[name].description] == []
        assert fields[name].values == []


def test_contents_name_what_people_look_for():
    named = {name: operation(f"{name}_run" if name != "unlink" else name).summary for name in NAMED}
    assert [name for name, summary in named.items() if name not in summary.lower()] == []


def test_no_name_on_the_page_is_left_between_backticks(page):
    assert "`" not in page
    assert "<code>dry_run</code> is false" in page


@pytest.mark.parametrize("path", ["/api/v1", "/api/v1/"])
def test_the_apis_own_address_leads_to_it(client, path):
    assert client.get(path)["Location"] == HERE


def test_names_in_texts_are_marked_and_nothing_of_them_is_markup():
    assert reading.marked("go by `type` <b>") == "go by <code>type</code> &lt;b&gt;"


def test_it_says_nothing_of_who_reads_it_but_in_the_header(client, page, ada):
    enter(client, ada)
    assert "Ada Lovelace" not in page
    signed_in = client.get(HERE).content.decode()
    assert "Ada Lovelace" in signed_in
    body = re.compile(r'<div class="reference">.*?</main>', re.DOTALL)
    assert body.search(signed_in)[0] == body.search(page)[0]  # type: ignore[index]


def test_setup_and_problems_lead_there(client, ada):
    enter(client, ada)
    assert f'href="{HERE}"' in client.get(reverse("api-keys")).content.decode()
    assert f'href="{HERE}#about-webhooks"' in client.get(reverse("webhooks")).content.decode()
    assert f'href="{HERE}#errors"' in client.get("/api/problems/conflict").content.decode()
