"""File names on Setup: saved at once, refused with a reason, and shown by an asset of the environment."""

import pytest

from setup.models import AuditEntry, Environment
from tests.linking.visits import enter, text_of
from tests.scenes import asset
from tests.setup.views.test_sections import HTMX, admin, save


@pytest.fixture
def place(scene):
    return scene([], [asset("Front view", "a", 1)])


@pytest.fixture
def visit(client, place):
    return enter(client, admin(place))


def example(visit, **given) -> str:
    return visit.get("/setup/file-names/example/", given, headers=HTMX).content.decode()


def test_a_template_is_saved_and_audited(visit):
    assert "Saved." in text_of(save(visit, "file-names", name=" {product.title} {position} "))
    assert Environment.objects.get().file_name_template == "{product.title} {position}"
    assert AuditEntry.objects.get().after == {"file_name_template": "{product.title} {position}"}
    save(visit, "file-names", name="")
    assert Environment.objects.get().file_name_template == ""


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{product.name}", "There is no “{product.name}”."),
        ("{key", "A brace is open or closed alone."),
        ("x" * 201, "200"),
    ],
)
def test_what_cannot_be_a_template_stays_in_its_field_with_the_reason(visit, template, said):
    page = save(visit, "file-names", name=template)
    assert (page.status_code, said in text_of(page)) == (422, True)
    assert Environment.objects.get().file_name_template == ""


def test_the_preview_is_of_the_newest_asset_and_asks_cloudinary_once(visit, place):
    page = example(visit, name="{asset.name} {position}")
    assert "front-view-1-al" in page
    assert 'value="Front view"' in page
    place.world.settings.change({"hourly_limit": 0})
    assert "front-view-oak-chair-al" in example(visit, name="{asset.name} {product.title}", asset="Front view")


def test_without_cloudinary_the_preview_is_of_an_invented_asset(visit, place):
    place.world.settings.change({"hourly_limit": 0})
    page = example(visit, name="")
    assert "oak-chair-front-al" in page
    assert 'name="asset" value=""' in page, "Cloudinary is not asked with every letter"


def test_the_preview_says_what_is_wrong(visit):
    assert "There is no “{sku}”." in text_of(visit.get("/setup/file-names/example/", {"name": "{sku}", "asset": ""}))


def test_an_error_stands_once_and_what_is_too_long_is_called_so(visit):
    assert (
        text_of(visit.get("/setup/file-names/example/", {"name": "{sku}", "asset": "", "refused": "1"})).strip() == ""
    )
    long = "{asset.name} " * 40
    assert "longer than 200 characters" in text_of(visit.get("/setup/file-names/example/", {"name": long, "asset": ""}))
    page = save(visit, "file-names", name=long)
    assert text_of(page).count("longer than 200 characters") == 1
    assert 'id="file-name-refused"' in page.content.decode()
    assert "maxlength" not in page.content.decode(), "browsers would cut it"


def test_a_template_of_signs_alone_says_what_the_name_becomes(visit):
    page = example(visit, name="!!!", asset="Front view")
    assert "No letter or digit is left of the template" in page
    assert "front-view-al" in page


def test_the_product_of_the_preview_is_called_invented(visit):
    assert "Front view in an invented product “Oak chair”" in example(visit, name="{product.title}", asset="Front view")
    assert "invented" not in example(visit, name="", asset="Front view")
