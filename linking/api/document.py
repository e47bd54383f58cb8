"""The OpenAPI document of the HTTP API: what ninja writes of the endpoints, and what it does not know of."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from ninja import NinjaAPI
from pydantic import TypeAdapter

from linking.api import examples, problems
from linking.api.schemas import SHOPIFY_FIELD, Problem
from linking.reporting.formats import FORMATS
from linking.webhooks.payloads import DESCRIBED

REF = "#/components/schemas/{model}"
TAGS = {
    "Key": "Whose key it is, and what it may do.",
    "Selections": "Assets that a program hands over to a person.",
    "Runs": "Beginning a run, watching it, and what a person does on its page.",
    "Links": "What is in which gallery because of AssetLink.",
    "Files": "What AssetLink brought to the files of stores.",
    "Matches": "What keys mean in a store, before anything is linked by them.",
    "Drift": "What of galleries is not as runs left it.",
    "Rules": "What makes runs by itself.",
    "Webhooks": "What AssetLink sends to webhooks (Standard Webhooks). Answer 2xx within 15 seconds.",
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "description": "A text of your own. The same request, sent again with it, starts nothing twice and gets the same answer.",
}
# ninja takes no descriptions of its own along for them.
PARAMETERS = {
    "path key": "the id of the run",
    "path rule": "the id of the rule",
    "path format": "`csv`, `xlsx` or `jsonl`",
    "query cursor": "`next_cursor` of the answer before",
    "query limit": "how many at most",
    "query store": "the store's domain",
    "query asset_id": "Cloudinary's immutable id",
    "query product": "Shopify's id, or the handle",
    "query sku": "of the variants that it was linked for",
    "query shopify_field": SHOPIFY_FIELD,
    "query key": "what to look for; several times for several",
    "query kind": "`link`, `upload`, `unlink` or `undo`; empty: all",
}
SIGNED = {
    "webhook-id": "of the event: the same however often it is sent",
    "webhook-timestamp": "of this try, in seconds since 1970",
    "webhook-signature": "by each secret that counts, with blanks between: `v1,…` in Base64",
}
HEADERS = {
    "Location": "the run's address",
    "Retry-After": "seconds until it makes sense to ask again",
    "ETag": "for `If-None-Match`: while nothing is new the answer is 304",
    "RateLimit-Policy": "how many requests a key has, and in how many seconds",
    "RateLimit": "the requests that are left, and for how many seconds these are counted; runs an hour are counted apart",
}
# Which of them an answer has: by its status, besides those that every answer has.
OF_STATUS = {"202": ("Location", "Retry-After"), "200": ("ETag",)}
OF_ALL = ("RateLimit-Policy", "RateLimit")


class Document(NinjaAPI):
    def get_openapi_operation_id(self, operation: Any) -> str:
        """The name of the function: clients are made from it."""
        return operation.view_func.__name__

    def get_openapi_schema(self, **options: Any) -> Any:
        document = super().get_openapi_schema(**options)
        document["servers"] = [{"url": settings.APP_URL.rstrip("/")}]
        document["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
        known = document["components"]
        known["securitySchemes"] = {"key": SCHEME}
        known["headers"] = {name: {"description": text, "schema": {"type": "string"}} for name, text in HEADERS.items()}
        known["schemas"] |= described([(Problem, "Problem")])
        for method, operation in operations(document):
            finish(method, operation)
        document["webhooks"], events = webhooks()
        known["schemas"] |= events
        for name, shown in examples.OF_SCHEMAS.items():
            known["schemas"][name]["examples"] = shown
        return document


SCHEME = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "al_live_…",
    "description": "A key that an admin makes on Setup › API keys. An operation names the scopes that the key has to have.",
}


def operations(document: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for methods in document["paths"].values():
        yield from methods.items()


def finish(method: str, operation: dict[str, Any]) -> None:
    """One shape for all errors, the header that keeps what starts something from starting twice, and those of answers."""
    operation.setdefault("security", [{"key": []}])
    for parameter in operation.get("parameters", []):
        parameter["description"] = PARAMETERS[f"{parameter['in']} {parameter['name']}"]
    answers = operation["responses"]
    if operation["operationId"] == "get_report":
        answers[200] = {"description": "The report", "content": REPORTS}
        answers[202] = {"description": "It is being written"}
    for status, answer in answers.items():
        names = [*OF_STATUS.get(str(status), ()), *OF_ALL]
        answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    for body in operation.get("requestBody", {}).get("content", {}).values():
        body["schema"].pop("default", None)  # what a request without a body means is nothing that clients could make
    answers["default"] = {
        "description": "A problem",
        "content": {problems.MEDIA_TYPE: {"schema": {"$ref": REF.format(model="Problem")}}},
    }
    if method == "post":
        operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)


REPORTS = {
    one.media_type.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}} for one in FORMATS.values()
}


def described(models: list[tuple[Any, str]]) -> dict[str, Any]:
    """The schemas of these models and of all that they hold, as components."""
    inputs: Any = [(name, "serialization", TypeAdapter(model)) for model, name in models]
    return TypeAdapter.json_schemas(inputs, ref_template=REF)[1]["$defs"]


def webhooks() -> tuple[dict[str, Any], dict[str, Any]]:
    """What AssetLink sends by itself, and its schemas: of the classes that the bodies are made of."""
    kinds = {data.__name__: data for data, _when in DESCRIBED.values()}
    schemas = described([(data, name) for name, data in kinds.items()])
    section = {}
    for type, (data, when) in DESCRIBED.items():
        name = "".join(part.capitalize() for part in type.split("."))
        schemas[name] = event(type, data.__name__, name, when)
        section[type] = {"post": sent(type, name, when)}
    return section, schemas


def event(type: str, data: str, name: str, when: str) -> dict[str, Any]:
    return {
        "title": name,
        "description": f"{when}.",
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"type": "string", "const": type, "description": "of the event"},
            "timestamp": {"type": "string", "format": "date-time", "description": "when it happened"},
            "data": {"$ref": REF.format(model=data)},
        },
    }


def sent(type: str, name: str, when: str) -> dict[str, Any]:
    headers = [
        {"name": header, "in": "header", "required": True, "schema": {"type": "string"}, "description": text}
        for header, text in SIGNED.items()
    ]
    return {
        "operationId": type.replace(".", "_"),
        "summary": type,
        "description": f"{when}.",
        "tags": ["Webhooks"],
        "security": [],
        "parameters": headers,
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": REF.format(model=name)}}},
        },
        "responses": {
            "2XX": {"description": "You have it"},
            "410": {"description": "You want no more: the webhook is disabled"},
            "default": {"description": "AssetLink tries again later"},
        },
    }
