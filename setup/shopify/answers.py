"""What an answer says: its data, or what went wrong. Pure; any status with any body is judged.

https://shopify.dev/docs/api/admin-graphql/2026-10, under Status and error codes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from setup.reasons import Reason, said
from setup.shapes import listed, mapping, text
from setup.shopify.errors import SLOW_DOWN, Remedy, ShopifyError, ShutOut, Throttled, http_error, unknown_outcome

ACCESS_DENIED = "ACCESS_DENIED"
# Refused before anything ran, and the same request will be refused again: a bug of ours, or a row that is wrong.
REFUSALS = frozenset(
    {
        *("INVALID_VARIABLE", "INVALID_FIELD_ARGUMENTS", "RESOURCE_NOT_FOUND", "NOT_FOUND", "BAD_REQUEST"),
        *("MAX_COST_EXCEEDED", "MAX_INPUT_SIZE_EXCEEDED", "PARSE_ERROR"),
        # The document does not fit the schema.
        *("undefinedField", "undefinedType", "undefinedDirective", "undefinedFragment", "useAndDefineFragment"),
        *("selectionMismatch", "argumentNotAccepted", "argumentNotUnique", "argumentLiteralsIncompatible"),
        *(
            "missingRequiredArguments",
            "missingRequiredInputObjectAttribute",
            "invalidOneOfInputObject",
            "fieldConflict",
        ),
        *(
            "variableNotUsed",
            "variableNotDefined",
            "variableNotUnique",
            "variableMismatch",
            "variableRequiresValidType",
        ),
        *("cannotSpreadFragment", "fragmentNotUnique", "fragmentOnNonCompositeType", "directiveCannotBeApplied"),
        *("directiveNotUnique", "defaultValueInvalidType", "inputFieldNotUnique", "uniquelyNamedOperations"),
    }
)
UNREADABLE = Reason("shopify.unreadable")
LONGEST = 300  # characters of Shopify's words that people are shown


@dataclass(frozen=True)
class Complaint:
    """One entry of an answer's top-level `errors`."""

    code: str
    message: str

    @property
    def weight(self) -> int:
        """The worst of several decides. An unknown outcome first: whatever else was refused, something may have happened. Then
        what concerns the store, then what concerns this request; the bucket comes last, since waiting mends nothing else."""
        if self.code == "THROTTLED":
            return 0
        if self.code in REFUSALS:
            return 1
        return 2 if self.code == ACCESS_DENIED else 3


def data_of(status: int, body: dict, *, writing: bool, wait: float | None = None) -> dict:
    """The answer's `data`. Raises ShopifyError: Throttled, ShutOut, or what to do. `wait`: the seconds of Retry-After."""
    if status in SLOW_DOWN:
        raise Throttled(Reason("shopify.slow_down"), wait)
    found, data = complaints(body.get("errors")), body.get("data")
    if status != 200:
        # A body that says why it was refused is believed for a status that says the same.
        certain = 400 <= status < 500 and status != 408 and found and _worst(found).weight < 2
        error = http_error(status, writing=writing)
        raise _judged(found, writing=writing) if certain and error.remedy != Remedy.STOP_STORE else error
    if found:
        # With a payload beside the error the mutation ran, whatever was refused of its answer.
        ran = writing and any(value is not None for value in mapping(data).values())
        raise _ran(found) if ran else _judged(found, writing=writing)
    if not isinstance(data, dict):
        raise unknown_outcome(UNREADABLE, "no_data", writing=writing)
    if not writing and (warning := search_warning(body)) is not None:
        # Shopify ignores a search field that it does not know and returns everything: no answer to our question.
        raise ShopifyError(Remedy.GIVE_UP, Reason("shopify.cannot_search", said=warning), "search_warning")
    return data


def complaints(errors: object) -> list[Complaint]:
    """`errors` as the specification has it, or as texts and objects of other shapes. Empty and null are none."""
    if not errors:
        return []
    return [_complaint(error) for error in errors] if isinstance(errors, list) else [_complaint(errors)]


def _complaint(error: object) -> Complaint:
    if not isinstance(error, dict):
        return Complaint("", text(error)[:LONGEST])
    code = text(mapping(error.get("extensions")).get("code"))[:LONGEST]
    message = text(error.get("message")) or ", ".join(filter(None, map(text, error.values())))
    return Complaint("" if code.islower() else code, message[:LONGEST])  # those in small letters are our own


def _worst(found: Sequence[Complaint]) -> Complaint:
    return max(found, key=lambda complaint: complaint.weight)


def _ran(found: Sequence[Complaint]) -> ShopifyError:
    worst = _worst(found)
    return ShopifyError(Remedy.LOOK, Reason("shopify.ran_with_error", said=worst.message), worst.code)


def _judged(found: Sequence[Complaint], *, writing: bool) -> ShopifyError:
    worst = _worst(found)
    if worst.code == "THROTTLED":
        return Throttled(Reason("shopify.throttled"))
    if worst.code == ACCESS_DENIED:
        return ShutOut(Reason("shopify.lacks_permission", said=worst.message), worst.code)
    if worst.code in REFUSALS:
        return ShopifyError(Remedy.GIVE_UP, Reason("shopify.refused", said=worst.message), worst.code)
    if worst.code == "INTERNAL_SERVER_ERROR":
        return unknown_outcome(Reason("shopify.internal_error"), worst.code, writing=writing)
    why = said(worst.message or worst.code) or Reason("shopify.no_reason_given")
    return unknown_outcome(Reason("shopify.could_not_answer", text=why), worst.code, writing=writing)


def search_warning(body: dict) -> str | None:
    """Shopify's words, possibly none; None without a warning."""
    for search in listed(mapping(body.get("extensions")).get("search")):
        if warnings := search.get("warnings"):
            return next((text(warning.get("message")) for warning in listed(warnings)), "")
    return None
