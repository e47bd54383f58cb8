"""What somebody types to find a product, and what that asks of a store: an address names one, words may be in several fields.
https://shopify.dev/docs/api/usage/search-syntax"""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from setup.spelling import forms, plain

MOST_CHARACTERS = 300
# Less than this is in half of a catalog.
LEAST_CHARACTERS = 2
# Words after these narrow nothing down, and an escaped one may be no longer than a title.
MOST_WORDS = 12
GID = re.compile(r"gid://shopify/Product/([0-9]{1,20})", re.ASCII)
# What means something in an unquoted value.
SPECIAL = re.compile(r"""([:\\()"'*])""")
ADMIN = "admin.shopify.com"
SHOPS = ".myshopify.com"
SLUG = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True)
class Looked:
    """`id`: number of the product; `handle`: of the one at an address, which may name a `variant` by its number; or `query`, in
    the language of searches. `code`: the same for variants whose SKU or barcode is the text; `codes`: for those whose SKU or
    barcode begins so, where the text is one word. `other`: the shop that an address belongs to instead. Without any of these
    there is nothing to look for yet."""

    id: str = ""
    handle: str = ""
    variant: str = ""
    query: str = ""
    codes: str = ""
    code: str = ""
    other: str = ""

    def __bool__(self) -> bool:
        return bool(self.id or self.handle or self.query)


def looked_for(text: str, *, shop: str) -> Looked:
    """`shop`: the domain by which Shopify knows the store, ending in .myshopify.com. Never raises."""
    text = plain(text[:MOST_CHARACTERS])
    if found := GID.fullmatch(text):
        return Looked(id=found[1])
    if (at := _address(text, shop)) is not None:
        return at
    words = [word for one in text.split() if (word := _bare(one))][:MOST_WORDS]
    if sum(map(len, words)) < LEAST_CHARACTERS:
        return Looked()
    codes, whole = _codes(text, words), f"(sku:{_quoted(text)} OR barcode:{_quoted(text)})"
    begun = f"({' OR '.join(codes)})" if len(text.split()) == 1 else ""
    return Looked(query=_query(text, words, codes), codes=begun, code=whole)


def is_address(text: str) -> bool:
    """Whether it names one product, in whatever shop."""
    text = plain(text[:MOST_CHARACTERS])
    return bool(GID.fullmatch(text)) or _address(text, "") is not None


def _bare(word: str) -> str:
    """Without signs at its edges, which are in no index."""
    while word and not word[0].isalnum():
        word = word[1:]
    while word and not word[-1].isalnum():
        word = word[:-1]
    return word


def _codes(text: str, words: list[str]) -> list[str]:
    """That are the text, or begin so if it is one word."""
    value = f"{_escaped(words[0])}*" if len(words) == 1 else _quoted(text)
    return [f"sku:{value}", f"barcode:{value}"]


def _query(text: str, words: list[str], codes: list[str]) -> str:
    """Titles with all of these words, the last one as it begins; codes, and handles that begin so."""
    title = " ".join([*(_titled(word) for word in words[:-1]), _titled(words[-1], "*")])
    slug = SLUG.sub("-", text.casefold()).strip("-")
    return f"({' OR '.join([f'({title})', *codes, *([f'handle:{slug}*'] if slug else [])])})"


def _titled(word: str, end: str = "") -> str:
    """As a store may keep it: titles are not normalised."""
    terms = [f"title:{_escaped(one)}{end}" for one in forms(word)]
    return terms[0] if len(terms) == 1 else f"({' OR '.join(terms)})"


def _escaped(word: str) -> str:
    return SPECIAL.sub(r"\\\1", word)


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _address(text: str, shop: str) -> Looked | None:
    """A page of a product in a storefront or in Shopify's admin; None for what is no address. Any host may be a storefront of the
    store, but for those that name another shop."""
    if "/products/" not in text or " " in text:
        return None
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}" if text[0] != "/" else f"https://{shop}{text}")
        host = (parts.hostname or "").casefold()
    except ValueError:
        return None
    before, _, after = parts.path.partition("/products/")
    named = unquote(after.split("/")[0]).removesuffix(".json").removesuffix(".js")
    if not named:
        return None
    other = _other(host, before, shop)
    if other:
        return Looked(other=other)
    in_admin = host == ADMIN or before.rstrip("/").endswith("/admin") or before.startswith("/admin")
    of_variant = _variant(after, parts.query)
    if in_admin:
        return Looked(id=named, variant=of_variant) if _is_number(named) else None
    return Looked(handle=named[:MOST_CHARACTERS], variant=of_variant)


def _variant(after: str, query: str) -> str:
    """The number of the variant that an address names: `?variant=4` in a storefront, `/variants/4` in the admin."""
    found = re.search(r"/variants/([0-9]+)", after) or re.search(r"(?:^|&)variant=([0-9]+)(?:&|$)", query)
    return found[1] if found and _is_number(found[1]) else ""


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 20


def _other(host: str, before: str, shop: str) -> str:
    """The shop that an address names, if that is another one. Below /store/ Shopify's admin has its handle, and a sandbox its
    domain; anything else there is a folder of a storefront."""
    if host.endswith(SHOPS):
        return host if host != shop.casefold() else ""
    found = re.match(r"/store/([^/]+)", before)
    named = found[1].casefold() if found else ""
    if not named.endswith(SHOPS):
        if not named or host != ADMIN:
            return ""
        named += SHOPS
    return "" if named == shop.casefold() else named
