"""What can go wrong with a store, told as what to do about it."""

import re
from enum import StrEnum


class Remedy(StrEnum):
    GIVE_UP = "give_up"  # this request is wrong and will stay wrong
    LOOK = "look"  # it may have happened: look before repeating
    STOP_STORE = "stop_store"  # nothing will work in this store until a person acts
    LATER = "later"  # nothing happened; the store does not answer


class ShopifyError(Exception):
    """One refused or unanswered request. `text` is for people: what happened and what to do next."""

    def __init__(self, remedy: Remedy, text: str, code: str = "") -> None:
        super().__init__(text)
        self.remedy, self.text, self.code = remedy, text, code


class Throttled(ShopifyError):
    """Nothing ran. `seconds`: how long Shopify asks us to wait, if it says so."""

    def __init__(self, text: str, seconds: float | None = None) -> None:
        super().__init__(Remedy.LATER, text, "THROTTLED")
        self.seconds = seconds


class ShutOut(ShopifyError):
    """The store as a whole refuses us, as far as one answer says."""

    def __init__(self, text: str, code: str) -> None:
        super().__init__(Remedy.STOP_STORE, text, code)


# The only statuses that stop a store; everything else is about one request, or about a moment.
HTTP_STOPS = {
    401: "The store refuses its access token. Ask an admin to connect the store again.",
    402: "The store is frozen until its Shopify bill is paid.",
    403: "The app is not allowed to use this store's Admin API. Ask an admin to connect the store again.",
    404: "There is no store at this address, or it does not know this API version.",
    423: "Shopify has locked the store. Its owner must contact Shopify.",
}
SLOW_DOWN = (429, 430)
# A status that says that the request itself is wrong, as long as it says so every time; 408 is a matter of time.
PERSISTENT = re.compile(r"http_(?!408)[34]\d\d")


def unknown_outcome(text: str, code: str, *, writing: bool) -> ShopifyError:
    """No answer, or none that says what became of the request: a write has to be looked at, a read is sent again."""
    return ShopifyError(Remedy.LOOK if writing else Remedy.LATER, text, code)


def http_error(status: int, *, writing: bool) -> ShopifyError:
    """For an answer that is not 200 and no throttling."""
    if text := HTTP_STOPS.get(status):
        return ShutOut(text, f"http_{status}")
    return unknown_outcome(f"Shopify answered with an error ({status}).", f"http_{status}", writing=writing)


def after_all_attempts(error: ShopifyError) -> ShopifyError:
    """What a read that failed every time is raised as: it will not get better if the request itself is refused."""
    if PERSISTENT.fullmatch(error.code):
        return ShopifyError(Remedy.GIVE_UP, error.text, error.code)
    return error
