"""Answers of the services as files, without anything that says whose they are, and how those of two runs differ in shape."""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, unquote_plus

HIDDEN = "(hidden)"
SECRET_NAMES = re.compile(r"secret|token|password|signature|policy|credential|api_key|authorization", re.IGNORECASE)
# Fields of people and places.
PERSONAL = re.compile(
    r"^(.*phone|address\d?|.*_address|.*Address|zip|postal_?code|city|province|latitude|longitude|company|(first|last|full)_?name)$",
    re.IGNORECASE,
)
HIDDEN_NAMES = re.compile(f"{SECRET_NAMES.pattern}|{PERSONAL.pattern}", re.IGNORECASE)
BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
URL_SAFE = str.maketrans("-_", "+/")
# What tells of people, stores and rights in texts and addresses.
PATTERNS = [
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "EMAIL"),
    (re.compile(r"(?i)\b(authorization: *|)(basic|bearer) +[\w+/=.~-]{16,}"), r"\1\2 HIDDEN"),
    (re.compile(r"\bshp[a-z]{2,3}_[0-9A-Za-z]+"), "TOKEN"),
    (re.compile(r"s--[\w-]{8,32}--"), "s--HIDDEN--"),
    (re.compile(r"(?<=/s/files/)\d+(/\d+)*(?=/)"), "N"),
    (re.compile(r"(?i)((?:x-goog-|x-amz-)?(?:signature|credential|token|hmac|policy|key)=)[^&\s\"]+"), r"\1HIDDEN"),
    (re.compile(r"(Invalid Signature )\w+"), r"\1HIDDEN"),
]
# Words of the services that have a meaning: compared as they are.
CODES = {
    "code",
    "fileStatus",
    "status",
    "mediaContentType",
    "type",
    "resource_type",
    "format",
    "http",
    "state",
    "field",
}
CODES |= {"requestedQueryCost", "actualQueryCost"}
TWICE = 3  # how often something may be percent-encoded
SHORT = 3  # characters: what is no longer than that is in many texts by chance
LONG = 16  # characters: what is shorter may be a part of another word


def redacted(answer: Any, secrets: Mapping[str, str], name: str = "") -> Any:
    """`secrets`: texts -> what stands there instead. They are known in any case, in keys, as percent-encoding and base64."""
    within = name if HIDDEN_NAMES.search(name) else ""
    if isinstance(answer, Mapping):
        is_pair = SECRET_NAMES.search(str(answer.get("name") or "")) and "value" in answer
        known = {
            cleared(str(key), secrets): redacted(value, secrets, within or str(key)) for key, value in answer.items()
        }
        return known | ({"value": HIDDEN} if is_pair else {})
    if isinstance(answer, list | tuple):
        return [redacted(value, secrets, name) for value in answer]
    if answer is None or isinstance(answer, bool):
        return answer
    if isinstance(answer, int | float):
        return 0 if within or cleared(str(answer), secrets) != str(answer) else answer
    if within:
        return HIDDEN
    return cleared(answer.decode(errors="replace") if isinstance(answer, bytes) else str(answer), secrets)


def cleared(text: str, secrets: Mapping[str, str]) -> str:
    found = plainly_cleared(text, secrets)
    decoded = found
    for _ in range(TWICE):
        for decode in (unquote, unquote_plus):
            if (text := decode(decoded)) != decoded and plainly_cleared(text, secrets) != text:
                return cleared(text, secrets)
        decoded = unquote(decoded)
    return BASE64.sub(lambda run: "HIDDEN" if tells(run[0], secrets) else run[0], found)


def plainly_cleared(text: str, secrets: Mapping[str, str]) -> str:
    for secret in sorted(secrets, key=len, reverse=True):
        word = re.escape(secret) if len(secret) >= LONG else rf"(?<![a-zA-Z0-9]){re.escape(secret)}(?![a-zA-Z0-9])"
        text = re.sub(word, secrets[secret], text, flags=re.IGNORECASE)
    for pattern, instead in PATTERNS:
        text = pattern.sub(instead, text)
    return text


def tells(run: str, secrets: Mapping[str, str]) -> bool:
    """Whether it is base64, of either alphabet and from any of its characters on, of what may not be recorded."""
    for part in {run, *run.split("/")}:
        for start in range(4):
            letters = part.translate(URL_SAFE).rstrip("=")[start:]
            text = base64.b64decode(letters[: len(letters) // 4 * 4] or "").decode(errors="replace")
            rest = letters[len(letters) // 4 * 4 :]
            text += base64.b64decode(f"{rest}{'=' * (4 - len(rest))}").decode(errors="replace") if len(rest) > 1 else ""
            if any(secret.lower() in text.lower() for secret in secrets if len(secret) > SHORT):
                return True
    return False


def write(folder: Path, question: str, about: str, answers: list[dict], secrets: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{question}.json"
    path.touch(mode=0o600)
    found = {"question": about, "answers": redacted(answers, secrets)}
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False, default=str) + "\n", encoding="utf-8")


def shapes(answer: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(place, type), and for codes the value; the elements of a list have one place."""
    if isinstance(answer, Mapping):
        yield path, "object"
        for key, value in answer.items():
            yield from shapes(value, f"{path}.{key}".lstrip("."))
    elif isinstance(answer, list) and path.rpartition(".")[2] not in CODES:
        yield path, "list"
        for value in answer:
            yield from shapes(value, f"{path}[]")
    elif path.rpartition(".")[2] in CODES:
        yield path, json.dumps(answer)
    else:
        yield path, "null" if answer is None else type(answer).__name__


def differences(mine: list[dict], others: list[dict]) -> Iterator[str]:
    """Of the answers to one question, call by call."""
    for at in range(max(len(mine), len(others))):
        one, other = (side[at] if at < len(side) else None for side in (mine, others))
        if one is None or other is None:
            yield f"call {at + 1}: {'asked' if one else 'not asked'} | {'asked' if other else 'not asked'}"
            continue
        if one.get("noted"):
            if one["answer"] != other.get("answer"):
                yield f"{one['asked']}: {json.dumps(one['answer'])} | {json.dumps(other.get('answer'))}"
            continue
        here, there = (places(side.get("answer")) for side in (one, other))
        for place in sorted(here.keys() | there.keys()):
            if here.get(place) != there.get(place):
                seen = " | ".join(", ".join(sorted(side.get(place, {"absent"}))) for side in (here, there))
                yield f"{one.get('asked')}: {place or 'the answer'}: {seen}"


def places(answer: Any) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for place, kind in shapes(answer):
        found.setdefault(place, set()).add(kind)
    return found


def compare(mine: Path, others: Path) -> Iterator[str]:
    """Lines that say where the answers in two folders differ; questions that only one has are named."""
    names = sorted({path.stem for folder in (mine, others) for path in folder.glob("*.json")})
    for name in names:
        sides = [folder / f"{name}.json" for folder in (mine, others)]
        if missing := [path for path in sides if not path.exists()]:
            yield f"{name}: not in {missing[0].parent}"
            continue
        known = [json.loads(path.read_text(encoding="utf-8")) for path in sides]
        lines = list(differences(*(side["answers"] for side in known)))
        if lines:
            yield f"{name}: {known[0]['question']}"
            yield from (f"  {line}" for line in lines)
