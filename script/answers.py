"""Whether something answers over HTTP. Proxies of the environment are for the world outside, not for this machine."""

import http.client
import json
import urllib.request
from typing import Any

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def trouble(url: str) -> str:
    """Why the page does not answer with success; empty if it does."""
    try:
        with DIRECT.open(url, timeout=2):
            return ""
    except (OSError, http.client.HTTPException) as error:
        return f"{url}: {error}"


def read_json(url: str) -> Any:
    with DIRECT.open(url, timeout=10) as answer:
        return json.load(answer)
