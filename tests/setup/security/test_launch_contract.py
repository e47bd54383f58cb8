"""docs/operator/environments.md tells how a launch is signed and posted: its example gets in."""

import re
from pathlib import Path

import pytest

from linking.models import Selection
from setup.models import Environment
from tests.setup.security.launches import post

DOCUMENT = Path(__file__).parents[3] / "docs" / "operator" / "environments.md"
SECRET = "s" * 32


def example() -> dict:
    [code] = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    found: dict = {}
    exec(compile(code, str(DOCUMENT), "exec"), found)
    return found


@pytest.mark.django_db
def test_the_example_of_the_docs_launches_once(client):
    Environment.objects.create(cloud_name="demo", launch_issuer="cloudinary-console", launch_secret=SECRET)
    token = example()["launch_token"](SECRET, ["a" * 32, "b" * 32])
    answer = post(client, token)
    assert (answer.status_code, b"AssetLink is opening" in answer.content) == (200, True)
    [selection] = Selection.objects.all()
    assert list(selection.assets.values_list("asset_id", flat=True)) == ["a" * 32, "b" * 32]
    assert (selection.member.external_id, selection.member.name, selection.member.is_admin) == (
        "u-1",
        "Ada Byron",
        False,
    )
    assert post(client, token).status_code == 403


@pytest.mark.parametrize("role", ["master_admin", "Master Admin", "cld::role::prodenv::master_admin"])
@pytest.mark.django_db
def test_roles_are_known_in_the_forms_that_the_docs_name(client, role):
    known = Environment.objects.create(cloud_name="demo", launch_issuer="x", launch_secret=SECRET)
    assert f"`{role}`" in DOCUMENT.read_text(encoding="utf-8")
    assert known.members.create(external_id="u", roles=[role]).is_admin
