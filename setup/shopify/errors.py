"""What can go wrong with a store, as what to do about it."""

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


class RefusedForNow(ShopifyError):
    """A read that was refused with a status: another server may answer it. If none does, the request itself is wrong."""

    def __init__(self, text: str, code: str) -> None:
        super().__init__(Remedy.LATER, text, code)


# The only statuses that stop a store; everything else is about one request, or about a moment.
HTTP_STOPS = {
    401: "The store refuses its access token. Ask an admin to connect the store again.",
    402: "The store is frozen until its Shopify bill is paid.",
    403: "The app is not allowed to use this store's Admin API. Ask an admin to connect the store again.",
    404: "There is no store at this address, or it does not know this API version.",
    423: "Shopify has locked the store. Its owner must contact Shopify.",
}
SLOW_DOWN = (429, 430)


def unknown_outcome(text: str, code: str, *, writing: bool) -> ShopifyError:
    """No answer, or none that says what became of the request: a write has to be looked at, a read is sent again."""
    return ShopifyError(Remedy.LOOK if writing else Remedy.LATER, text, code)


def http_error(status: int, *, writing: bool) -> ShopifyError:
    """For an answer that is not 200 and no throttling."""
    code = f"http_{status}"
    if text := HTTP_STOPS.get(status):
        return ShutOut(text, code)
    if 300 <= status < 500 and status != 408 and not writing:
        return RefusedForNow(f"Shopify refused the request ({status}).", code)
    return unknown_outcome(f"Shopify answered with an error ({status}).", code, writing=writing)


def after_all_attempts(error: ShopifyError) -> ShopifyError:
    """What a read that failed every time is raised as."""
    lasting = isinstance(error, RefusedForNow)
    return ShopifyError(Remedy.GIVE_UP, error.text, error.code) if lasting else error
