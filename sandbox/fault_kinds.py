"""What can be scripted to go wrong: one table of kinds, what each does, and what `times` counts for it.

A kind that acts INSTEAD of the work or AFTER it is one request's mishap: of several that are due, the first one happens and
the others wait for the next request. SLOW and BEHAVIOUR act together with everything else. The others act on what is no request.
"""

import re
from dataclasses import dataclass
from pathlib import Path

SERVICES = ("shopify", "cloudinary", "delivery", "identity")
SLOW, INSTEAD, AFTER, BEHAVIOUR = "slow", "instead", "after", "behaviour"
MEDIA, BULK, CAPTION = "media", "bulk", "caption"  # act on a download, a bulk operation, a picture that is described
OF_REQUESTS = (SLOW, INSTEAD, AFTER)

ANY = re.compile(r"[A-Z][A-Z0-9_]*")  # a code of Shopify's, known or not
PAGE = re.compile(r"[1-9]\d{0,2}")
DRAW = re.compile(r"\d{1,9}")
# A file keeps its code, and every later query that sees the file answers it: one that the schema lacks would fail them all.
SCHEMA = (Path(__file__).parent / "shopify" / "schema.graphql").read_text(encoding="utf-8")
OF_FILES = re.compile("|".join(SCHEMA.partition("enum FileErrorCode {")[2].partition("}")[0].split()))
SERVER_ERROR = re.compile(r"408|5\d\d")
# Made by sandbox.identity.oddities.
ODD_IDENTITIES = (
    "wrong_issuer",
    "wrong_audience",
    "other_party",
    "string_verified",
    "expired",
    "issued_later",
    "replayed_nonce",
    "no_nonce",
    "groups_overage",
    "unknown_kid",
    "bad_signature",
    "hs256",
    "none",
    "no_id_token",
    "other_subject",
    "mix_up",
)
REFUSED_WITH = (401, 402, 403, 404, 408, 420, 423, 429, 500, 502, 503, 504)


@dataclass(frozen=True)
class Kind:
    """`codes`: what `code` may be (a list whose first is the default, or a pattern); `needs`: fields that must be given."""

    acts: str
    does: str
    counts: str = "requests"  # what `times`, `after` and `every` count
    codes: tuple[str, ...] | re.Pattern[str] = ()
    needs: tuple[str, ...] = ()
    services: tuple[str, ...] = ("shopify",)


KINDS = {
    "slow": Kind(SLOW, "waits `seconds`, then goes on", needs=("seconds",), services=SERVICES),
    "hang": Kind(
        INSTEAD, "waits `seconds`, then closes the connection; nothing is done", needs=("seconds",), services=SERVICES
    ),
    "reset": Kind(INSTEAD, "closes the connection at once; nothing is done", services=SERVICES),
    "throttled": Kind(INSTEAD, "THROTTLED (Cloudinary: 420); nothing is done", services=SERVICES),
    "throttled_without_cost": Kind(
        INSTEAD,
        "THROTTLED with `cost: null`, or with `no_extensions` without any; nothing is done",
        codes=("", "no_extensions"),
    ),
    "internal_error": Kind(
        INSTEAD, "HTTP 200 with INTERNAL_SERVER_ERROR (Cloudinary: 500); nothing is done", services=SERVICES
    ),
    "graphql_error": Kind(
        INSTEAD,
        "HTTP 200, `data: null` and an error with this `code`; nothing is done",
        codes=ANY,
        needs=("code",),
    ),
    **{
        f"http_{status}": Kind(INSTEAD, f"HTTP {status}; nothing is done", services=SERVICES) for status in REFUSED_WITH
    },
    "internal_error_after": Kind(AFTER, "`internal_error` after the work was done", services=SERVICES),
    "graphql_error_after": Kind(
        AFTER, "`graphql_error` after the work was done, say TIMEOUT", codes=ANY, needs=("code",)
    ),
    "body": Kind(
        AFTER,
        "the work is done, and the body of the answer is no JSON, a page of HTML, empty, 100,000 nested lists, with NaN for"
        " numbers, a list around the answer, a gzip that is cut off, or a gzip without end (for `seconds`)",
        codes=("no_json", "html", "empty", "deep", "nan", "array", "broken_gzip", "endless_gzip"),
        needs=("code",),
    ),
    "error_after": Kind(
        AFTER,
        "HTTP `code` (408, 5xx; 502 unless given) after the work was done, 5xx in HTML",
        codes=SERVER_ERROR,
        services=SERVICES,
    ),
    "lost_answer": Kind(AFTER, "the work is done, then the connection closes without a byte", services=SERVICES),
    "late_answer": Kind(
        AFTER, "the work is done at once, and answered `seconds` later: as old as its question", needs=("seconds",)
    ),
    "rows_shuffled": Kind(
        BEHAVIOUR,
        "the files of a fileCreate answer come in another order than the rows",
        counts="answers of several files",
    ),
    "bad_row_refuses_all": Kind(
        BEHAVIOUR, "one bad row of fileCreate refuses the whole call", counts="calls with a bad row"
    ),
    "taken_name": Kind(
        BEHAVIOUR,
        "what RAISE_ERROR means for a taken name (`match`: part of it): the row is refused, or the whole call without a word of"
        " which, a file that turns FAILED later, a new file named `_<uuid>`, or the file that has the name is the answer",
        counts="calls with a taken name",
        codes=("refused", "whole_call", "later", "appended", "answered"),
    ),
    "ready_without_image": Kind(
        BEHAVIOUR,
        "for `seconds` after READY a file (`match`: part of its id or name) has no `image`, `preview.image` or `url`, and where"
        " the schema knows no null, empty `sources` and an empty `filename`",
        counts="requests that see such a file",
        needs=("seconds",),
    ),
    "nodes_null": Kind(
        BEHAVIOUR,
        "nodes() answers null for files (`match`: part of their id or name) that are younger than `seconds`",
        counts="requests that ask for such a file",
        needs=("seconds",),
    ),
    "media_shuffled": Kind(
        BEHAVIOUR,
        "what one fileUpdate adds to a gallery by referencesToAdd stands there in the opposite order",
        counts="calls that add several files to one gallery",
    ),
    "slow_reorders": Kind(
        BEHAVIOUR,
        "the job of productReorderMedia runs `seconds` later, whatever else is set",
        counts="reorders",
        needs=("seconds",),
    ),
    "refused": Kind(
        BEHAVIOUR,
        "a mutation (`operation`, or any) does nothing and answers the userError `code`, known to that mutation or not",
        counts="mutations refused",
        codes=ANY,
        needs=("code",),
    ),
    "locked": Kind(
        BEHAVIOUR,
        "for `seconds` from the first one on, each write that touches the product whose id or handle is `match` (any product"
        " without) is refused with MEDIA_CANNOT_BE_MODIFIED, rows of files with FILE_LOCKED, and the fault is gone after that",
        counts="nothing: one lock (`after`: writes before it)",
        needs=("seconds",),
    ),
    "stale_reads": Kind(
        BEHAVIOUR,
        "queries show products and files as they were `seconds` ago (but not before the fault), every time or every other"
        " time, the stale one first; mutations, jobs and searches see what is there",
        counts="queries, the fresh ones too",
        codes=("behind", "alternating"),
        needs=("seconds",),
    ),
    "pages_of": Kind(
        BEHAVIOUR,
        "connections answer at most `code` rows a page, whatever is asked for",
        counts="requests that would have got more",
        codes=PAGE,
        needs=("code",),
    ),
    "null_shapes": Kind(
        BEHAVIOUR,
        "in an answer that is right otherwise, this is null: `extensions`, their `cost`, the (empty) `userErrors` and"
        " `mediaUserErrors` or the payload of mutations, `errors`; with `data_key` the keys of `data` are missing",
        codes=("extensions", "cost", "userErrors", "payload", "data_key", "errors_null"),
        needs=("code",),
    ),
    "errors_beside": Kind(
        BEHAVIOUR,
        "the work is done, `data` is whole, and beside it stands an error with this `code`",
        codes=ANY,
        needs=("code",),
    ),
    "ids_missing": Kind(
        BEHAVIOUR,
        "nodes() leaves an id that exists out of its list, or answers null for it: the one that is `match`, else the first",
        counts="requests that ask for it",
        codes=("left_out", "null"),
    ),
    "ids_twice": Kind(
        BEHAVIOUR,
        "nodes() answers an id that exists twice: the one that is `match`, else the first",
        counts="requests that ask for it",
    ),
    "lists_shuffled": Kind(
        BEHAVIOUR,
        "what nodes(), searches, a product's variants and fileCreate list comes in another order, which `code` draws; galleries"
        " keep theirs",
        counts="requests for several rows",
        codes=DRAW,
    ),
    "alts_changed": Kind(
        BEHAVIOUR,
        "fileCreate and fileUpdate keep an alt text otherwise than it was given: with single blanks and none around it, in"
        " Unicode's composed form, or only its first 100 characters",
        counts="calls with a text that it changes",
        codes=("trimmed", "composed", "cut"),
    ),
    "search_misses_quotes": Kind(
        BEHAVIOUR,
        "a search term whose value holds a quote, single or double, straight or curled, a sign for feet or inches, or a"
        " backslash finds nothing",
        counts="requests with such a term",
    ),
    "search_misses_signs": Kind(
        BEHAVIOUR,
        "a search term whose value holds a colon, a bracket, an asterisk or a sign of comparison finds nothing, even quoted",
        counts="requests with such a term",
    ),
    "cursor_stuck": Kind(
        BEHAVIOUR,
        "connections answer their first page whatever the cursor, with `hasNextPage` and always the same `endCursor`",
        counts="requests for rows",
    ),
    "odd_identity": Kind(
        BEHAVIOUR,
        "the sign-in goes on with this being wrong: the ID token's issuer, audience, party, times, nonce, key, signature or"
        " algorithm, `email_verified` as a text; no ID token; another person in the userinfo; another issuer in the answer",
        counts="answers that have it",
        codes=ODD_IDENTITIES,
        needs=("code",),
        services=("identity",),
    ),
    "media_fails": Kind(
        MEDIA,
        "the medium whose source URL (or staged file's name) contains `match` turns FAILED with `code`",
        counts="media",
        codes=OF_FILES,
        needs=("match", "code"),
    ),
    "caption_fails": Kind(
        CAPTION,
        "there are no words for the asset whose public ID contains `match`",
        counts="pictures",
        services=("cloudinary",),
    ),
    "bulk_fails": Kind(
        BULK,
        "a bulk query with `match` in its text ends FAILED with `code`, with half of its data",
        counts="bulk operations",
        codes=("INTERNAL_SERVER_ERROR", "ACCESS_DENIED", "TIMEOUT"),
    ),
}


def acting(*ways: str) -> frozenset[str]:
    """The names of the kinds that act in one of these ways."""
    return frozenset(name for name, kind in KINDS.items() if kind.acts in ways)
