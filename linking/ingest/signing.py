"""Signatures with which a browser sends one file to Cloudinary by itself; the secret never leaves.

https://cloudinary.com/documentation/authentication_signatures
"""

import json
import re
import time
from dataclasses import dataclass

from cloudinary.utils import api_sign_request
from django.utils import timezone

from linking.domain.incoming import File, folder_of, public_id_of
from linking.domain.name_patterns import Named
from setup.models import Environment
from setup.preparing.uploading import expiration_of, metadata_of_preset

# Cloudinary takes a call whose time is at most an hour ago. A signature that says it is older is good for the rest alone.
STALE, GOOD_FOR = 3600, 600  # seconds
SHA1 = "sha1"
# What no value can have there: nothing says a backslash, and one at the end would take the next value in.
UNSAID = re.compile(r"[\\\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Signed:
    """Where a file is posted to, with which form fields besides the file itself; `until`: seconds since 1970."""

    url: str
    fields: dict[str, str]
    until: int


@dataclass(frozen=True)
class Wishes:
    """`folder`: below it everything goes. `preset`: an upload preset of the environment. `fixed`: folders are parts of public IDs
    alone."""

    folder: str = ""
    preset: str = ""
    fixed: bool = False


def sign(environment: Environment, file: File, wishes: Wishes, named: Named | None = None) -> Signed:
    """For this file under its public ID, which no other asset loses: what has it stays as it is. `named`: what its name says,
    for the fields that the environment has."""
    until = int(time.time()) + GOOD_FOR
    parameters = {
        "timestamp": str(until - STALE),
        "public_id": public_id_of(file.path, wishes.folder),
        "overwrite": "false",
        "upload_preset": wishes.preset,
        "metadata": metadata_of(environment, named, wishes.preset),
    }
    if not wishes.fixed:
        parameters["asset_folder"] = folder_of(file.path, wishes.folder)
        parameters["display_name"] = parameters["public_id"].rpartition("/")[2]
    sent = {name: value for name, value in parameters.items() if value}
    signature = api_sign_request(sent, environment.api_secret, SHA1)
    url = f"{environment.upload_prefix}/v1_1/{environment.cloud_name}/{file.kind}/upload"
    return Signed(url, sent | {"api_key": environment.api_key, "signature": signature}, until)


def metadata_of(environment: Environment, named: Named | None, preset: str = "") -> str:
    """As uploads take it, for the fields that Setup prepares and this environment has."""
    has = {field["id"]: field for field in environment.seen.get("fields", [])}
    said = metadata_of_preset(environment, preset)
    said["expiration"] = expiration_of(environment, timezone.now().date())
    if named is not None:
        several = has.get("sku", {}).get("type") == "set"
        sku = "" if UNSAID.search(named.sku) else named.sku
        said["sku"] = json.dumps([sku], ensure_ascii=False) if several and sku else sku
        said["sequence"] = "" if named.sequence is None else str(named.sequence)
    if named is not None and named.type and "asset_type" in has:
        values = {known.casefold(): id for id, known in has["asset_type"].get("values", [])}
        values |= {id.casefold(): id for id, _known in has["asset_type"].get("values", [])}
        if kind := values.get(named.type.casefold(), ""):
            said["asset_type"] = kind
    return "|".join(f"{name}={escaped(value)}" for name, value in said.items() if value and name in has)


def escaped(value: str) -> str:
    """https://cloudinary.com/documentation/image_upload_api_reference#upload, under metadata: `=` and `|` have a backslash."""
    return value.replace("=", "\\=").replace("|", "\\|")
