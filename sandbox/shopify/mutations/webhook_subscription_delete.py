"""https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/webhookSubscriptionDelete"""

from typing import Any

from sandbox.shopify.call import Call, mutation, user_error
from sandbox.shopify.unsupported import Unsupported


@mutation("webhookSubscriptionDelete")
def webhook_subscription_delete(call: Call, id: str) -> dict[str, Any]:
    """One of the app that asks; those of others are none to it."""
    if call.install is None:
        raise Unsupported("webhookSubscriptionDelete with the token of a custom app")
    mine = call.install.subscriptions
    if id not in {one.id for one in mine}:
        said = user_error(["id"], "Webhook subscription does not exist")
        return {"deletedWebhookSubscriptionId": None, "userErrors": [said]}
    call.install.subscriptions = [one for one in mine if one.id != id]
    return {"deletedWebhookSubscriptionId": id, "userErrors": []}
