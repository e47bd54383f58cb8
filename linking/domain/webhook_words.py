"""What became of a delivery to a webhook, and why one is disabled. A part of the table of linking.domain.reasons."""

from collections.abc import Mapping

from setup.reasons import Template

OF_WEBHOOKS: Mapping[str, Template] = {
    "webhook.again": "Send it again on Setup › Webhooks.",
    "webhook.by_admin": "An admin disabled it.",
    "webhook.disabled": "The webhook was disabled, so AssetLink did not send it.",
    "webhook.given_up": "Each of {tries} tries to deliver an event failed.",
    "webhook.gone": "Its receiver answered 410: it wants no more events.",
    "webhook.status": "The receiver answered {status}.",
    "webhook.redirect": "The receiver answered {status}. AssetLink follows no redirects: use the address that it leads to.",
    "webhook.slow": "The receiver gave no answer within {seconds} seconds.",
    "webhook.unreachable": "AssetLink could not connect to the receiver, or it closed the connection.",
    "webhook.no_http": "What the receiver answered is no HTTP.",
    "webhook.certificate": "The receiver’s certificate is not valid for its name.",
    "webhook.unknown_host": "The name of the receiver leads to no address.",
    "webhook.not_public": "The name of the receiver leads to an address that is not public. AssetLink sends nothing there.",
    "webhook.not_https": "AssetLink sends events by https:// only.",
    "webhook.unreadable": "AssetLink cannot read the webhook’s secret. Rotate it.",
}
