"""The text search of a run, with more distinct reasons than are read one by one."""

import pytest

from linking.models import ChangeRow
from linking.pages.run import problems
from linking.pages.run.filter import RunFilter
from setup.reasons import Reason, decoded, said
from tests.scenes import asset, product

REASONS = [
    *(Reason("match.no_product", field="sku", key=f"no-{at}") for at in range(4)),
    Reason("match.no_product", field="sku", key='with "quotes"'),
    Reason("asset.no_value", field="Größe"),
    Reason("file.refused", text=Reason("shopify.refused", said="Bad colour profile.")),
    Reason("file.refused", text=said("Bad size")),
    Reason("asset.excluded"),
    Reason("run.aborted"),
    decoded("The store is away."),
]


@pytest.fixture
def sync(scene):
    """A line of each reason, none with a product."""
    place = scene([product("a")], [asset(f"f{at}", f"zz-{at}", at) for at in range(len(REASONS))])
    sync = place.run(place.select(), dry_run=True)
    rows = list(ChangeRow.objects.filter(part__sync=sync, product=None).order_by("pk"))
    for row, reason in zip(rows, REASONS, strict=True):
        row.reason = reason
        row.save(update_fields=["reason"])
    return sync


def found(sync, text: str, **asked) -> set[Reason]:
    return {row.reason for row in RunFilter.of(sync, {"q": text, **asked}).unlinked()}


@pytest.mark.parametrize("most", [problems.READ, 3])
@pytest.mark.parametrize(
    "text",
    [
        "NO PRODUCT has",
        "no-2",
        '"quotes"',
        "größe",
        "colour",
        "refused the file",
        "by hand",
        "aborted the run",
        "Store is",
    ],
)
@pytest.mark.cases(4)
def test_what_a_person_reads_is_found_among_few_reasons_and_among_many(sync, monkeypatch, most, text):
    monkeypatch.setattr(problems, "READ", most)
    wanted = {reason for reason in REASONS if text.lower() in str(reason).lower()}
    assert wanted
    assert found(sync, text) == wanted


@pytest.mark.parametrize("most", [problems.READ, 3])
@pytest.mark.parametrize("text", ["field", "match.no", "values", "%", "nonsense"])
@pytest.mark.cases(4)
def test_what_nobody_reads_is_not_found(sync, monkeypatch, most, text):
    monkeypatch.setattr(problems, "READ", most)
    assert found(sync, text) == set()


def test_a_search_binds_few_values_however_many_reasons_there_are(sync, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(problems, "READ", 3)
    with django_assert_num_queries(2):
        rows = RunFilter.of(sync, {"q": "no"}).unlinked()
    assert len(rows.query.sql_with_params()[1]) < 20


def test_where_no_asset_without_a_product_is_shown_nothing_is_read(sync, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert list(RunFilter.of(sync, {"q": "no", "kind": "add"}).unlinked()) == []


@pytest.mark.parametrize("most", [problems.READ, 3])
def test_the_lines_of_a_trouble_are_the_same_among_many(sync, monkeypatch, most):
    monkeypatch.setattr(problems, "READ", most)
    like = ChangeRow.objects.get(part__sync=sync, reason=REASONS[1])
    alike = RunFilter.of(sync, {"like": str(like.pk)}).unlinked()
    assert {row.reason for row in alike} == set(REASONS[:5])
