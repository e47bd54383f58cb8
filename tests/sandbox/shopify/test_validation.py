"""Documents and variables that do not fit the schema, in the words that Shopify was recorded to use."""

import pytest

PRODUCT = "gid://shopify/Product/1"


@pytest.mark.parametrize(
    ("query", "message", "path", "extensions"),
    [
        (
            f'query Name {{ product(id: "{PRODUCT}") {{ x }} }}',
            "Field 'x' doesn't exist on type 'Product'",
            ["query Name", "product", "x"],
            {"code": "undefinedField", "typeName": "Product", "fieldName": "x"},
        ),
        (
            f'query {{ p: product(id: "{PRODUCT}") {{ ... on Product {{ x }} }} }}',
            "Field 'x' doesn't exist on type 'Product'",
            ["query", "p", "... on Product", "x"],
            {"code": "undefinedField", "typeName": "Product", "fieldName": "x"},
        ),
        (
            "query Name { product { id } }",
            "Field 'product' is missing required arguments: id",
            ["query Name", "product"],
            {"code": "missingRequiredArguments", "className": "Field", "name": "product", "arguments": "id"},
        ),
        (
            "query Name($x: ID!) { shop { name } }",
            "Variable $x is declared by Name but not used",
            ["query Name"],
            {"code": "variableNotUsed", "variableName": "x"},
        ),
        (
            "query Name { product(id: $x) { id } }",
            "Variable $x is used by Name but not declared",
            ["query Name"],
            {"code": "variableNotDefined", "variableName": "x"},
        ),
        (
            "query Name($x: String!) { product(id: $x) { id } }",
            "Type mismatch on variable $x and argument id (String! / ID!)",
            ["query Name"],
            None,
        ),
        (
            "query Name($x: ID) { product(id: $x) { id } }",
            "Nullability mismatch on variable $x and argument id (ID / ID!)",
            ["query Name"],
            None,
        ),
        (
            "mutation Name { fileDelete(fileIds: null) { deletedFileIds } }",
            "Argument 'fileIds' on Field 'fileDelete' has an invalid value (null). Expected type '[ID!]!'.",
            ["mutation Name", "fileDelete", "fileIds"],
            {"code": "argumentLiteralsIncompatible", "typeName": "Field", "argumentName": "fileIds"},
        ),
        (
            'mutation Name { fileUpdate(files: [{alt: "x"}]) { files { id } } }',
            "Argument 'id' on InputObject 'FileUpdateInput' is required. Expected type ID!",
            ["mutation Name", "fileUpdate", "files", "id"],
            {
                "code": "missingRequiredInputObjectAttribute",
                "argumentName": "id",
                "argumentType": "ID!",
                "inputObjectType": "FileUpdateInput",
            },
        ),
        (
            f'mutation Name {{ fileUpdate(files: [{{id: "{PRODUCT}", a: 1}}]) {{ files {{ id }} }} }}',
            "InputObject 'FileUpdateInput' doesn't accept argument 'a'",
            ["mutation Name", "fileUpdate", "files", "a"],
            None,
        ),
        (
            "query Name { products(first: 1, colour: 2) { nodes { id } } }",
            "Field 'products' doesn't accept argument 'colour'",
            ["query Name", "products", "colour"],
            None,
        ),
        (
            "query Name { shop }",
            "Field must have selections (field 'shop' returns Shop but has no selections. Did you mean 'shop { ... }'?)",
            ["query Name", "shop"],
            None,
        ),
        (
            f'query Name {{ productByIdentifier(identifier: {{id: "{PRODUCT}", handle: "x"}}) {{ id }} }}',
            "'ProductIdentifierInput' requires exactly one argument, but 2 were provided.",
            ["query Name", "productByIdentifier", "identifier"],
            {"code": "invalidOneOfInputObject", "inputObjectType": "ProductIdentifierInput"},
        ),
        (
            "query Name { shop { ... on Product { id } } }",
            "Fragment on Product can't be spread inside Shop",
            ["query Name", "shop", "... on Product"],
            None,
        ),
        (
            "query Name { shop { ...F } }",
            "Fragment F was used, but not defined",
            ["query Name", "shop", "... F"],
            None,
        ),
    ],
)
def test_a_document_that_does_not_fit_the_schema(client, query, message, path, extensions):
    answer = client.post(query)
    assert answer.status == 200
    assert list(answer.body) == ["errors"]
    assert (answer.error["message"], answer.error["path"]) == (message, path)
    assert answer.error["locations"]
    assert answer.error["extensions"]["code"]
    if extensions:
        assert answer.error["extensions"] == extensions


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("{ shop {\n  name\n    ", "syntax error, unexpected end of file at [3, 5]"),
        ("{ shop { name } } }", 'syntax error, unexpected RCURLY ("}") at [1, 19]'),
    ],
)
def test_a_text_that_is_no_graphql_is_a_parse_error_without_a_path(client, query, message):
    error = client.post(query).error
    assert (error["message"], error["extensions"], "path" in error) == (message, {"code": "PARSE_ERROR"}, False)


@pytest.mark.parametrize(
    ("query", "variables", "message", "problems"),
    [
        (
            "query Name($x: ID!) { product(id: $x) { id } }",
            {},
            "Variable $x of type ID! was provided invalid value",
            [{"path": [], "explanation": "Expected value to not be null"}],
        ),
        (
            "query Name($x: ID!) { product(id: $x) { id } }",
            {"x": ""},
            "Variable $x of type ID! was provided invalid value",
            [{"path": [], "explanation": "Invalid global id ''", "message": "Invalid global id ''"}],
        ),
        (
            "mutation ($files: [FileUpdateInput!]!) { fileUpdate(files: $files) { files { id } } }",
            {"files": [{"alt": "x"}]},
            "Variable $files of type [FileUpdateInput!]! was provided invalid value for 0.id (Expected value to not be null)",
            [{"path": [0, "id"], "explanation": "Expected value to not be null"}],
        ),
        (
            "mutation ($files: [FileUpdateInput!]!) { fileUpdate(files: $files) { files { id } } }",
            {"files": [{"id": PRODUCT, "colour": "red"}]},
            "Variable $files of type [FileUpdateInput!]! was provided invalid value for "
            "0.colour (Field is not defined on FileUpdateInput)",
            [{"path": [0, "colour"], "explanation": "Field is not defined on FileUpdateInput"}],
        ),
        (
            "mutation ($files: [FileCreateInput!]!) { fileCreate(files: $files) { files { id } } }",
            {"files": [{"originalSource": "http://a.example/a.jpg", "duplicateResolutionMode": "KEEP"}]},
            "Variable $files of type [FileCreateInput!]! was provided invalid value for "
            '0.duplicateResolutionMode (Expected "KEEP" to be one of: APPEND_UUID, RAISE_ERROR, REPLACE)',
            [
                {
                    "path": [0, "duplicateResolutionMode"],
                    "explanation": 'Expected "KEEP" to be one of: APPEND_UUID, RAISE_ERROR, REPLACE',
                }
            ],
        ),
        (
            "query ($n: Int!) { products(first: $n) { nodes { id } } }",
            {"n": "ten"},
            "Variable $n of type Int! was provided invalid value",
            [{"path": [], "explanation": 'Could not coerce value "ten" to Int'}],
        ),
    ],
)
def test_a_variable_that_does_not_fit_its_type(client, query, variables, message, problems):
    answer = client.post(query, variables)
    assert list(answer.body) == ["errors"]
    assert answer.error["message"] == message
    (value,) = variables.values() or [None]
    assert answer.error["extensions"] == {"code": "INVALID_VARIABLE", "value": value, "problems": problems}


@pytest.mark.parametrize("kind", ["MediaImage", "ProductVariant"])
def test_an_id_of_another_type_is_not_found(client, kind):
    wrong = f"gid://shopify/{kind}/1"
    answer = client.post("query ($x: ID!) { product(id: $x) { id } }", {"x": wrong})
    assert answer.error["message"] == f"Invalid id: {wrong}"
    assert (answer.error["extensions"], answer.error["path"]) == ({"code": "RESOURCE_NOT_FOUND"}, ["product"])
    assert (answer.body["data"], "cost" in answer.body["extensions"]) == ({"product": None}, True)


def test_with_several_operations_one_has_to_be_named(client):
    text = "query A { shop { name } } query B { shop { myshopifyDomain } }"
    assert client.post(text).error["message"] == "An operation name is required"
    assert client.post(text, operationName="B").data == {"shop": {"myshopifyDomain": "fern.myshopify.com"}}
    assert client.post(text, operationName="C").error["message"] == 'No operation named "C"'


def test_a_field_that_fails_leaves_the_others(client):
    answer = client.post(
        f'{{ product(id: "gid://shopify/Order/1") {{ id }} shop {{ name }} other: product(id: "{PRODUCT}") {{ id }} }}'
    )
    assert answer.body["data"] == {"product": None, "shop": {"name": "Fern"}, "other": None}
