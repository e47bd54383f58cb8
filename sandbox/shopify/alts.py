"""What is kept of an alt text: what was given, unless it is scripted otherwise."""

import unicodedata

from sandbox.shopify.call import Call

CUT = 100  # characters


def kept(call: Call, text: str) -> str:
    fault = call.behaviours.first("alts_changed", when=lambda fault: changed(text, fault.code) != text)
    return changed(text, fault.code) if fault else text


def changed(text: str, code: str) -> str:
    """`trimmed`: one blank for several, none around; `composed`: NFC; `cut`: the first 100 characters."""
    if code == "composed":
        return unicodedata.normalize("NFC", text)
    return text[:CUT] if code == "cut" else " ".join(text.split())
