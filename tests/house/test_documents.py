"""Every GraphQL document fits the schema; script/check-documents says where one does not."""

import gzip

import pytest
from graphql import build_schema

from script.check_documents import ROOT, SCHEMA, check, documents, read_schema

TINY = build_schema("""
    type Query { product(id: ID!, oldId: ID @deprecated(reason: "Use id.")): Product }
    type Product { title: String! descriptionHtml: String @deprecated(reason: "Use body.") status: Status! }
    enum Status { ACTIVE }
""")


def problems(folder, text, name="Card.graphql"):
    path = folder / name
    path.write_text(text)
    return list(check(path, TINY))


@pytest.mark.full  # in the landing tier script/check-documents asks the same of all of them at once
@pytest.mark.parametrize("path", documents(ROOT), ids=lambda path: path.stem)
def test_document_fits_the_schema_that_the_sandbox_serves(path):
    assert list(check(path, read_schema(SCHEMA))) == []


def test_documents_of_all_rooms_are_checked():
    assert {path.relative_to(ROOT).parts[0] for path in documents(ROOT)} == {"linking", "setup", "sandbox", "tests"}


def test_a_document_that_fits_has_no_problems(tmp_path):
    assert problems(tmp_path, "query Card($id: ID!) { product(id: $id) { title status } }") == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("query Card($id: ID!) { product(id: $id) { name } }", "Cannot query field 'name' on type 'Product'."),
        ("query Card($id: String!) { product(id: $id) { title } }", "used in position expecting type 'ID!'"),
        ("query Card { product { title } }", "Argument 'Query.product(id:)' of type 'ID!' is required"),
        (
            "query Card($id: ID!) { product(id: $id) { descriptionHtml } }",
            "The field Product.descriptionHtml is deprecated.",
        ),
        (
            "query Card($id: ID!) { product(id: $id, oldId: $id) { title } }",
            "The argument 'Query.product(oldId:)' is deprecated.",
        ),
        ("query Card($id: ID!) { product(id: $id) { title }", "Syntax Error"),
        ("query Other($id: ID!) { product(id: $id) { title } }", "not the one operation Card"),
    ],
)
def test_a_document_that_does_not_fit_is_named_with_its_line(tmp_path, text, message):
    found = problems(tmp_path, text)
    assert message in found[0]
    assert found[0].startswith(f"{tmp_path / 'Card.graphql'}:1: ")


def test_a_gzipped_schema_is_read(tmp_path):
    (tmp_path / "official.graphql.gz").write_bytes(gzip.compress(b"type Query { shop: String }"))
    assert read_schema(tmp_path / "official.graphql.gz").query_type.fields.keys() == {"shop"}
