"""What can go wrong with a store, told as what to do about it."""

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


HTTP_STOPS = {
    401: "The store refuses its access token. Ask an admin to connect the store again.",
    402: "The store is frozen until its Shopify bill is paid.",
    403: "The app is not allowed to use this store's Admin API. Ask an admin to connect the store again.",
    404: "There is no store at this address, or it does not know this API version.",
    423: "Shopify has locked the store. Its owner must contact Shopify.",
}


def http_error(status: int, *, writing: bool) -> ShopifyError:
    """For an answer that is not 200 and no throttling."""
    if text := HTTP_STOPS.get(status):
        return ShopifyError(Remedy.STOP_STORE, text, f"http_{status}")
    if status >= 500:
        remedy = Remedy.LOOK if writing else Remedy.LATER
        return ShopifyError(remedy, f"Shopify answered with an error ({status}).", f"http_{status}")
    return ShopifyError(Remedy.GIVE_UP, f"Shopify refused the request ({status}).", f"http_{status}")


def graphql_error(error: dict, *, writing: bool) -> ShopifyError:
    """For the first entry of an answer's top-level `errors`."""
    code, message = error.get("extensions", {}).get("code", ""), error.get("message", "")
    if code == "ACCESS_DENIED":
        text = f"The app lacks a permission in this store: {message} Ask an admin to grant it and connect again."
        return ShopifyError(Remedy.STOP_STORE, text, code)
    if code == "INTERNAL_SERVER_ERROR":
        return ShopifyError(Remedy.LOOK if writing else Remedy.LATER, "Shopify had an internal error.", code)
    return ShopifyError(Remedy.GIVE_UP, f"Shopify refused the request: {message}", code)
