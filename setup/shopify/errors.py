"""What can go wrong with a store, as what to do about it."""

from collections.abc import Mapping
from enum import StrEnum

from setup.reasons import Counted, Given, Reason, Reasoned, Template, register


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


WORDS: Mapping[str, Template] = {
    # A store as a whole
    "shopify.http_401": "The store refuses its access token.",
    "shopify.http_402": "The store is frozen until its Shopify bill is paid.",
    "shopify.http_403": "Shopify does not let the app use this store’s Admin API.",
    "shopify.http_404": "There is no store at this address, or it does not know this API version.",
    "shopify.http_423": "Shopify has locked the store. Its owner must contact Shopify.",
    "store.not_yours": "You may not write to this store. An admin can change that in Setup, under People.",
    "store.paused": "This store is paused. It goes on when an admin resumes it in Setup.",
    "store.disconnected": "This store is disconnected.",
    "store.uninstalled": "Somebody uninstalled the app in Shopify. Connect the store again to go on; what AssetLink linked "
    "stays in the store.",
    # A request, or a moment
    "shopify.refused": "Shopify refused the request: {said:ended}",
    "shopify.refused_status": "Shopify refused the request ({status}).",
    "shopify.error_status": "Shopify answered with an error ({status}).",
    "shopify.unreadable": "AssetLink could not read Shopify’s answer.",
    "shopify.unreadable_try_again": "AssetLink could not read Shopify’s answer. Nothing changed; try again in a minute.",
    "shopify.endless_list": "Shopify’s answer is a list that does not end, so AssetLink did not use it. Run again later.",
    "shopify.unreachable": "AssetLink could not reach the store.",
    "shopify.no_answer": "The store did not answer.",
    "shopify.no_payload": "Shopify did not say what it made of the request.",
    "shopify.slow_down": "Shopify asks us to slow down.",
    "shopify.throttled": "Throttled by Shopify.",
    "shopify.api_limit": "Waiting for the store’s API limit.",
    "shopify.second_look": "The store refused the app; AssetLink asks once more before it believes that.",
    "shopify.let_in": "The store refused the request and then let the app in again.",
    "shopify.ran_with_error": "Shopify carried out the request and reported an error: {said:ended}",
    "shopify.lacks_permission": "The app lacks a permission in this store: {said:ended} Ask an admin to grant it and "
    "connect again.",
    "shopify.internal_error": "Shopify had an internal error.",
    "shopify.could_not_answer": "Shopify could not answer the request: {text:ended}",
    "shopify.cannot_search": "The store cannot search by this field: {said:ended}",
    "shopify.gave_no_reason": "Shopify gave no reason",
    "shopify.no_reason": "no reason was given",
    "shopify.no_reason_given": "no reason given",
    # Connecting
    "connect.token_of_other_store": "The token belongs to {domain}. Connect that store, or copy this store’s token.",
    "connect.wrong_token": "{domain} refuses this access token. Copy it again from the app in the Shopify admin, or make a "
    "new one there.",
    "connect.lacks_scopes_token": "The app lacks {scopes:and} in this store. Add {scopes:and} to the Admin API scopes of "
    "the custom app in Shopify, install it again, and connect with its token.",
    "connect.lacks_scopes_credentials": "The app lacks {scopes:and} in this store. Add {scopes:and} to the app’s scopes in "
    "the Dev Dashboard, release a version, let the store accept it, and connect again.",
    "connect.lacks_scopes_install": "The app lacks {scopes:and} in this store. Install the app again and agree to "
    "{scopes:and}.",
    "connect.no_answer": "Shopify does not answer. Nothing changed; try again in a minute.",
    "connect.no_store": "There is no Shopify store at {domain}. Check its name: it is in the address of the Shopify admin.",
    "connect.no_access": "Shopify gave no access to this store ({code}). Nothing changed; try again in a minute. If it "
    "happens again, check the app in the Dev Dashboard.",
    "connect.application_cannot_be_found": "Shopify knows no app with this client ID. "
    "Copy the client ID again from the app’s settings in the Dev Dashboard.",
    "connect.invalid_client": "Shopify refuses the client secret. "
    "Somebody may have rotated it: copy it again from the app’s settings in the Dev Dashboard.",
    "connect.shop_not_permitted": "The app and this store belong to different Shopify organizations. "
    "Use an app of the store’s own organization, or install AssetLink from Shopify instead.",
    "connect.app_not_installed": "The app is not installed in this store. "
    "Install it from the Dev Dashboard, then connect again.",
    "connect.invalid_request": "Shopify’s permission is already used, or too old. Start again.",
    "connect.invalid_grant": "Shopify no longer lets AssetLink renew its access to this store: the app was uninstalled, "
    "or the store was not used for 90 days. Connect the store again.",
    "connect.asked_again": "Shopify did not renew the access to this store; AssetLink asks once more before it believes that.",
    "connect.renewing": "AssetLink is renewing its access to this store, then tries again.",
    "connect.no_app": "AssetLink no longer knows the Shopify app of this store.",
    "connect.no_admin": "You are no longer an admin. Ask one to connect the store.",
    "connect.not_installed": "Nobody installed the app in Shopify. Start again to install it.",
    # Bulk queries
    "bulk.refused": "Shopify refused to read its catalog: {said:ended}",
    "bulk.broke_off": Given(
        "code",
        Counted(
            "Shopify broke off reading the catalog ({code}) after {count:,} object. AssetLink matches nothing by a part of it. "
            "Refresh matches to ask again.",
            "Shopify broke off reading the catalog ({code}) after {count:,} objects. AssetLink matches nothing by a part of "
            "it. "
            "Refresh matches to ask again.",
        ),
        Counted(
            "Shopify broke off reading the catalog after {count:,} object, without a reason. AssetLink matches nothing by a "
            "part of it. Refresh matches to ask again.",
            "Shopify broke off reading the catalog after {count:,} objects, without a reason. AssetLink matches nothing by a "
            "part of it. Refresh matches to ask again.",
        ),
    ),
    "bulk.denied": Given(
        "code",
        Counted(
            "Shopify broke off reading the catalog ({code}) after {count:,} object. AssetLink matches nothing by a part of it. "
            "Ask an admin to grant read_products.",
            "Shopify broke off reading the catalog ({code}) after {count:,} objects. AssetLink matches nothing by a part of "
            "it. "
            "Ask an admin to grant read_products.",
        ),
        Counted(
            "Shopify broke off reading the catalog after {count:,} object, without a reason. AssetLink matches nothing by a "
            "part of it. Ask an admin to grant read_products.",
            "Shopify broke off reading the catalog after {count:,} objects, without a reason. AssetLink matches nothing by a "
            "part of it. Ask an admin to grant read_products.",
        ),
    ),
    "bulk.canceled": "Somebody canceled AssetLink’s bulk query in Shopify. Refresh matches to ask again.",
    "bulk.lost": "Shopify no longer has the result of the bulk query. Refresh matches to ask again.",
    "bulk.broken": "AssetLink could not read the result of the bulk query, and matches nothing by a part of it.",
    "bulk.too_large": "The store’s catalog is larger than AssetLink reads. Match by a field that Shopify can search.",
    "bulk.strange_address": "Shopify named an address for its catalog that is not one of its own. AssetLink fetched nothing "
    "from it.",
    "bulk.no_download": "AssetLink could not download the result of the bulk query ({cause}).",
}
register(WORDS)
