"""Targets of staged uploads and what is sent to them."""

from typing import Any

from tests.sandbox.shopify.conftest import HTTP, Answer, Client, film

Fields = list[tuple[str, Any]]


def video_row(content: bytes | None = None, **more: Any) -> dict[str, Any]:
    size = str(len(film() if content is None else content))
    row = {"resource": "VIDEO", "filename": "film.mp4", "mimeType": "video/mp4", "httpMethod": "POST", "fileSize": size}
    return {**row, **more}


def image_row(**more: Any) -> dict[str, Any]:
    return {"resource": "IMAGE", "filename": "a.jpg", "mimeType": "image/jpeg", "httpMethod": "POST", **more}


def staged(client: Client, row: dict[str, Any]) -> dict[str, Any]:
    """The one target."""
    answer = client.stage(row)
    assert answer["userErrors"] == []
    (target,) = answer["stagedTargets"]
    return target


def fields_of(target: dict[str, Any], content: bytes) -> Fields:
    """The parameters in their order, and the file last."""
    fields: Fields = [(parameter["name"], parameter["value"]) for parameter in target["parameters"]]
    return [*fields, ("file", ("whatever.bin", content))]


def send(target: dict[str, Any], fields: Fields) -> Answer:
    got = HTTP.request("POST", target["url"], fields=fields)
    return Answer(got.status, got.headers, got.data.decode())


def put(target: dict[str, Any], content: bytes) -> Answer:
    headers = {parameter["name"]: parameter["value"] for parameter in target["parameters"]}
    got = HTTP.request("PUT", target["url"], body=content, headers=headers)
    return Answer(got.status, got.headers, got.data.decode())


def uploaded(client: Client, content: bytes, row: dict[str, Any] | None = None) -> str:
    """The resourceUrl of what has been uploaded."""
    target = staged(client, row or video_row(content))
    assert send(target, fields_of(target, content)).status in (201, 204)
    return target["resourceUrl"]


def new_video(client: Client, content: bytes | None = None, **row: Any) -> str:
    """The id of a new video whose file may be under way."""
    source = uploaded(client, film() if content is None else content, video_row(content, **row))
    answer = client.create({"originalSource": source, "contentType": "VIDEO"})
    assert answer["userErrors"] == []
    return answer["files"][0]["id"]
