"""What can go wrong with a store, as what to do about it."""

from collections.abc import Mapping
from enum import StrEnum

from setup.reasons import Reason, Reasoned, Template, plural, register, with_said, with_text


class Remedy(StrEnum):
    GIVE_UP = "give_up"  # this request is wrong and will stay wrong
    LOOK = "look"  # it may have happened: look before repeating
    STOP_STORE = "stop_store"  # nothing will work in this store until a person acts
    LATER = "later"  # nothing happened; the store does not answer


# The store knows our token no more, and gives no other; or another process was quicker, and there is none to ask with.
UNINSTALLED = {"http_401", "invalid_grant", "app_not_installed", "disconnected"}


class ShopifyError(Reasoned):
    """One refused or unanswered request. `reason`: what happened and what to do next; `code`: Shopify's own, or one of ours."""

    def __init__(self, remedy: Remedy, reason: Reason, code: str = "") -> None:
        super().__init__(reason)
        self.remedy, self.code = remedy, code

    @property
    def uninstalled(self) -> bool:
        """Whether the store refuses us as it does after an uninstalling."""
        return self.remedy == Remedy.STOP_STORE and self.code in UNINSTALLED


class Throttled(ShopifyError):
    """Nothing ran. `seconds`: how long Shopify asks us to wait, if it says so."""

    def __init__(self, reason: Reason, seconds: float | None = None) -> None:
        super().__init__(Remedy.LATER, reason, "THROTTLED")
        self.seconds = seconds


class ShutOut(ShopifyError):
    """The store as a whole refuses us, as far as one answer says."""

    def __init__(self, reason: Reason, code: str) -> None:
        super().__init__(Remedy.STOP_STORE, reason, code)


class RefusedForNow(ShopifyError):
    """A read that was refused with a status: another server may answer it. If none does, the request itself is wrong."""

    def __init__(self, reason: Reason, code: str) -> None:
        super().__init__(Remedy.LATER, reason, code)


# The only statuses that stop a store; everything else is about one request, or about a moment.
HTTP_STOPS = {status: Reason(f"shopify.http_{status}") for status in (401, 402, 403, 404, 423)}
SLOW_DOWN = (429, 430)


def unknown_outcome(reason: Reason, code: str, *, writing: bool) -> ShopifyError:
    """No answer, or none that says what became of the request: a write has to be looked at, a read is sent again."""
    return ShopifyError(Remedy.LOOK if writing else Remedy.LATER, reason, code)


def http_error(status: int, *, writing: bool) -> ShopifyError:
    """For an answer that is not 200 and no throttling."""
    code = f"http_{status}"
    if reason := HTTP_STOPS.get(status):
        return ShutOut(reason, code)
    if 300 <= status < 500 and status != 408 and not writing:
        return RefusedForNow(Reason("shopify.refused_status", status=status), code)
    return unknown_outcome(Reason("shopify.error_status", status=status), code, writing=writing)


def after_all_attempts(error: ShopifyError) -> ShopifyError:
    """What a read that failed every time is raised as."""
    lasting = isinstance(error, RefusedForNow)
    return ShopifyError(Remedy.GIVE_UP, error.reason, error.code) if lasting else error


def _broke_off(count: int, code: str = "") -> str:
    stop = f"{code or 'no reason given'}) after {plural(count, 'object')}"
    return f"Shopify broke off reading the catalog ({stop}; nothing was matched by a part of it."


WORDS: Mapping[str, Template] = {
    # A store as a whole
    "shopify.http_401": "The store refuses its access token. Ask an admin to connect the store again.",
    "shopify.http_402": "The store is frozen until its Shopify bill is paid.",
    "shopify.http_403": "The app is not allowed to use this store's Admin API. Ask an admin to connect the store again.",
    "shopify.http_404": "There is no store at this address, or it does not know this API version.",
    "shopify.http_423": "Shopify has locked the store. Its owner must contact Shopify.",
    "store.paused": "This store is paused. It goes on when an admin resumes it on Setup.",
    "store.disconnected": "This store is disconnected. An admin can connect it again on Setup.",
    "store.uninstalled": "The app was uninstalled in Shopify. Connect the store again to go on; what was linked stays in the "
    "shop.",
    # A request, or a moment
    "shopify.refused": with_said("Shopify refused the request"),
    "shopify.refused_status": "Shopify refused the request ({status}).",
    "shopify.error_status": "Shopify answered with an error ({status}).",
    "shopify.unreadable": "Shopify's answer could not be read.",
    "shopify.unreadable_try_again": "Shopify's answer could not be read. Nothing was changed; try again in a minute.",
    "shopify.endless_list": "Shopify's answer is a list that does not end, so it was not used. Run again later.",
    "shopify.unreachable": "The store could not be reached.",
    "shopify.no_answer": "The store did not answer.",
    "shopify.no_payload": "Shopify did not say what it made of the request.",
    "shopify.slow_down": "Shopify asks us to slow down.",
    "shopify.throttled": "Throttled by Shopify.",
    "shopify.api_limit": "Waiting for the store's API limit.",
    "shopify.second_look": "The store refused the app; it is asked once more before that is believed.",
    "shopify.let_in": "The store refused the request and then let the app in again.",
    "shopify.ran_with_error": with_said("Shopify carried out the request and reported an error"),
    "shopify.lacks_permission": with_said(
        "The app lacks a permission in this store", " Ask an admin to grant it and connect again."
    ),
    "shopify.internal_error": "Shopify had an internal error.",
    "shopify.could_not_answer": with_text("Shopify could not answer the request"),
    "shopify.cannot_search": with_said("The store cannot search by this field"),
    "shopify.gave_no_reason": "Shopify gave no reason",
    "shopify.no_reason": "no reason was given",
    "shopify.no_reason_given": "no reason given",
    # Connecting
    "connect.token_of_other_store": "The token belongs to {domain}. Connect that store, or copy this store's token.",
    "connect.wrong_token": "{domain} refuses this access token. Copy it again from the app in the Shopify admin, or make a "
    "new one there.",
    "connect.lacks_scopes_token": lambda scopes: (
        f"The app lacks {' and '.join(scopes)} in this store. Add {' and '.join(scopes)} to the Admin API scopes of the custom "
        "app in Shopify, install it again, and connect with its token."
    ),
    "connect.lacks_scopes_credentials": lambda scopes: (
        f"The app lacks {' and '.join(scopes)} in this store. Add {' and '.join(scopes)} to the app's scopes in the Dev "
        "Dashboard, release a version, let the store accept it, and connect again."
    ),
    "connect.lacks_scopes_install": lambda scopes: (
        f"The app lacks {' and '.join(scopes)} in this store. Install the app again and agree to {' and '.join(scopes)}."
    ),
    "connect.no_answer": "Shopify does not answer. Nothing was changed; try again in a minute.",
    "connect.no_store": "There is no Shopify store at {domain}. Check its name: it is in the address of the Shopify admin.",
    "connect.no_access": "Shopify gave no access to this store ({code}). Nothing was changed; try again in a minute, and if it "
    "stays so, check the app in the Dev Dashboard.",
    "connect.application_cannot_be_found": "Shopify knows no app with this client ID. "
    "Copy the client ID again from the app's settings in the Dev Dashboard.",
    "connect.invalid_client": "Shopify refuses the client secret. "
    "Copy it again from the app's settings in the Dev Dashboard; it may have been rotated.",
    "connect.shop_not_permitted": "The app and this store belong to different Shopify organizations. "
    "Use an app of the store's own organization, or install AssetLink from Shopify instead.",
    "connect.app_not_installed": "The app is not installed in this store. "
    "Install it from the Dev Dashboard, then connect again.",
    "connect.invalid_request": "Shopify's permission was used already or is too old. Start again.",
    "connect.invalid_grant": "Shopify no longer lets AssetLink renew its access to this store: the app was uninstalled, "
    "or the store was not used for 90 days. Connect the store again.",
    "connect.asked_again": "Shopify did not renew the access to this store; it is asked once more before that is believed.",
    "connect.renewing": "The access to this store is being renewed; it is tried again.",
    "connect.no_app": "The Shopify app of this store is no longer known to AssetLink. An admin has to connect the store again.",
    "connect.no_admin": "You are no admin any more. Ask one to connect the store.",
    "connect.not_installed": "The app was not installed in Shopify. Start again if it should be.",
    # Bulk queries
    "bulk.refused": with_said("Shopify refused to read its catalog"),
    "bulk.broke_off": lambda count, code="": f"{_broke_off(count, code)} Refresh matches to ask again.",
    "bulk.denied": lambda count, code="": f"{_broke_off(count, code)} Ask an admin to grant read_products.",
    "bulk.canceled": "The bulk query that read the catalog was cancelled in Shopify. Refresh matches to ask again.",
    "bulk.lost": "Shopify no longer has the result of the bulk query. Refresh matches to ask again.",
    "bulk.broken": "The result of the bulk query could not be read; nothing was matched by a part of it.",
    "bulk.too_large": "The store's catalog is larger than AssetLink reads. Match by a field that Shopify can search.",
    "bulk.strange_address": "Shopify named an address for its catalog that is not one of its own; nothing was fetched from it.",
    "bulk.no_download": "The result of the bulk query could not be downloaded ({cause}).",
}
register(WORDS)
