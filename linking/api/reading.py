"""The document as people read it: operations by what they are about, with the fields of what they take and answer one below the
other."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from linking.api.document import TAGS
from linking.api.site import api

Schema = Mapping[str, Any]
# How a schema says what a value may be -> how it is read.
LIMITS = {
    "minLength": "at least {:,}",
    "maxLength": "at most {:,} characters",
    "minItems": "at least {:,}",
    "maxItems": "at most {:,} of them",
    "minimum": "from {:,}",
    "maximum": "to {:,}",
}

NOTHING: tuple[Any, ...] = ("", [], None)  # what is left out, and that is all that such a default says


def marked(text: str) -> SafeString:
    """Names stand between backticks."""
    pieces = enumerate(" ".join(text.split()).split("`"))
    return format_html_join("", "{}", ((format_html("<code>{}</code>", one) if at % 2 else one,) for at, one in pieces))


@dataclass(frozen=True)
class Field:
    """`within`: the path of what it is a part of."""

    within: str
    name: str
    type: str
    required: bool
    default: str
    limits: str
    values: Sequence[str]
    description: SafeString


@dataclass(frozen=True)
class Body:
    """What is sent or answered. `name`: of its schema; empty where it is no JSON."""

    name: str
    media_types: Sequence[str]
    fields: Sequence[Field]
    example: str


@dataclass(frozen=True)
class Answer:
    status: str
    description: str
    headers: Sequence[tuple[str, SafeString]]
    body: Body | None


@dataclass(frozen=True)
class Operation:
    """`ways`: lists of scopes, of which a key has to have one. `path`: of an event its type."""

    id: str
    method: str
    path: str
    summary: str
    description: SafeString
    ways: Sequence[Sequence[str]]
    parameters: Sequence[tuple[str, Field]]
    request: Body | None
    answers: Sequence[Answer]


@dataclass(frozen=True)
class Section:
    name: str
    description: str
    operations: Sequence[Operation]

    @property
    def anchor(self) -> str:
        return f"about-{self.name.lower()}"


@cache
def sections() -> tuple[Section, ...]:
    """It is the same for everybody, and as long as the process lives."""
    document = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))
    reader = Reader(document)
    every = [
        *((path, methods) for path, methods in document["paths"].items()),
        *((type, methods) for type, methods in document["webhooks"].items()),
    ]
    found: dict[str, list[Operation]] = {name: [] for name in TAGS}
    for path, methods in every:
        for method, one in methods.items():
            found[one["tags"][0]].append(reader.operation(method, path, one))
    return tuple(Section(name, TAGS[name], operations) for name, operations in found.items())


class Reader:
    def __init__(self, document: Schema) -> None:
        self.document = document

    def at(self, schema: Schema) -> Schema:
        """What a reference leads to; anything else is itself."""
        while "$ref" in schema:
            found: Any = self.document
            for step in schema["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            schema = {**found, **{name: value for name, value in schema.items() if name != "$ref"}}
        return schema

    def operation(self, method: str, path: str, one: Schema) -> Operation:
        return Operation(
            id=one["operationId"],
            method=method.upper(),
            path=path,
            summary=one["summary"],
            description=marked(one.get("description", "")),
            ways=[scopes for way in one["security"] for scopes in way.values() if scopes],
            parameters=[(known["in"], self.parameter(known)) for known in one.get("parameters", [])],
            request=self.body(one["requestBody"]["content"]) if "requestBody" in one else None,
            answers=[self.answer(str(status), said) for status, said in one["responses"].items()],
        )

    def parameter(self, known: Schema) -> Field:
        schema = {**known["schema"], "description": known.get("description", "")}
        return self.field("", known["name"], schema, required=known.get("required", False))

    def answer(self, status: str, said: Schema) -> Answer:
        headers = [(name, marked(self.at(one)["description"])) for name, one in said.get("headers", {}).items()]
        body = self.body(said["content"]) if "content" in said else None
        return Answer(status, said["description"], headers, body)

    def body(self, content: Schema) -> Body:
        schema = next(iter(content.values()))["schema"]
        name, whole = schema.get("$ref", "").rpartition("/")[2], self.at(schema)
        example = next(iter(whole.get("examples", [])), None)
        shown = json.dumps(example, indent=2, ensure_ascii=False) if example is not None else ""
        return Body(name, list(content), list(self.fields(whole)), shown)

    def fields(self, schema: Schema, within: str = "") -> Iterator[Field]:
        """Those of an object, each followed by those that it holds itself."""
        for name, part in schema.get("properties", {}).items():
            field = self.field(within, name, part, required=name in schema.get("required", []))
            yield field
            inner, mark = self.held(part)
            if inner:
                yield from self.fields(inner, f"{within}{name}{mark}.")

    def held(self, schema: Schema) -> tuple[Schema | None, str]:
        """The object that a value is, or of which it is a list."""
        schema = self.at(schema)
        for one in schema.get("anyOf", []):
            if one.get("type") != "null":
                return self.held(one)
        if schema.get("type") == "array":
            inner, mark = self.held(schema["items"])
            return inner, f"[]{mark}"
        return (schema, "") if "properties" in schema else (None, "")

    def field(self, within: str, name: str, schema: Schema, *, required: bool) -> Field:
        known = self.at(schema)
        plain = next((self.at(one) for one in known.get("anyOf", []) if one.get("type") != "null"), known)
        default = "" if required or known.get("default") in NOTHING else json.dumps(known["default"])
        values = plain.get("enum") or ([plain["const"]] if "const" in plain else [])
        said = schema.get("description") or known.get("description", "")
        if all(f"`{value}`" in said for value in values):  # it explains each
            values = []
        description = marked(said)
        kind, limits = self.type(known), self.limits(plain)
        return Field(within, name, kind, required, default, limits, values, description)

    def type(self, schema: Schema) -> str:
        schema = self.at(schema)
        if "anyOf" in schema:
            return " or ".join(self.type(one) for one in schema["anyOf"])
        if schema.get("type") == "array":
            return f"list of {self.type(schema['items'])}"
        if isinstance(schema.get("additionalProperties"), dict):
            return f"object of {self.type(schema['additionalProperties'])}"
        return str(schema.get("format") or schema.get("type", "any"))

    @staticmethod
    def limits(schema: Schema) -> str:
        return ", ".join(text.format(schema[name]) for name, text in LIMITS.items() if name in schema)
