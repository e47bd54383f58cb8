"""https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/webhookSubscriptionCreate"""

from typing import Any

from sandbox.shopify.call import Call, mutation, user_error
from sandbox.shopify.installs import Subscription
from sandbox.shopify.unsupported import Unsupported

PLACE = ["webhookSubscription", "callbackUrl"]


@mutation("webhookSubscriptionCreate")
def webhook_subscription_create(call: Call, topic: str, webhookSubscription: dict[str, Any]) -> dict[str, Any]:
    """Plain http passes only while the sandbox itself is reached that way. Tokens of no app have no subscriptions here."""
    uri, secure = webhookSubscription.get("uri") or "", call.shop.world.base_url.startswith("https://")
    if call.install is None:
        raise Unsupported("webhookSubscriptionCreate with the token of a custom app")
    if unmodelled := {"filter", "metafieldNamespaces", "metafields"} & {k for k, v in webhookSubscription.items() if v}:
        raise Unsupported(f"webhookSubscriptionCreate(webhookSubscription: {sorted(unmodelled)})")
    if not uri.startswith("https://" if secure else ("https://", "http://")):
        return refusal("Address is invalid")
    if any((known.topic, known.uri) == (topic, uri) for known in call.install.subscriptions):
        return refusal("Address for this topic has already been taken")
    fields = webhookSubscription.get("includeFields")
    made = Subscription(call.shop.new_gid("WebhookSubscription"), topic, uri, include_fields=fields or None)
    call.install.subscriptions.append(made)
    return {"webhookSubscription": {"id": made.id}, "userErrors": []}


def refusal(message: str) -> dict[str, Any]:
    return {"webhookSubscription": None, "userErrors": [user_error(PLACE, message)]}
