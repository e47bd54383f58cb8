from django.urls import include, path

from assetlink_site.checks import healthz, readyz
from assetlink_site.metrics import metrics
from linking.api import reference, site
from linking.delivery.answering import answer
from setup.views import entering, session, sign_in, sign_in_code, sign_in_passkey, ways, webhooks, you

handler500 = "assetlink_site.failures.server_error"
urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
    path("session/", session.lasting, name="session"),
    path("session/end/", you.end, name="session-end"),
    path("session/environment/", you.switch, name="session-switch"),
    path("session/you/", you.page, name="you"),
    path("session/you/add/", you.add, name="you-add"),
    path("session/you/join/", you.join, name="you-join"),
    path("session/you/end/", you.end_everywhere, name="you-end"),
    path("session/you/ways/<int:pk>/remove/", ways.remove_identity, name="you-way-remove"),
    path("session/you/passkeys/", ways.add, name="you-passkey-add"),
    path("session/you/passkeys/options/", ways.options, name="you-passkey-options"),
    path("session/you/passkeys/<int:pk>/remove/", ways.remove_passkey, name="you-passkey-remove"),
    path("sign-in/as-well/", entering.as_well, name="sign-in-as-well"),
    path("sign-in/joined/", entering.joined, name="sign-in-joined"),
    path("sign-in/invitation/<str:token>/", entering.invitation, name="invitation"),
    path("language/", session.language, name="language"),
    path("sign-in", sign_in.page, name="sign-in"),
    path("sign-in/language/", session.language_on_the_way_in, name="sign-in-language"),
    path("sign-in/with/<slug:slug>/", sign_in.begin, name="sign-in-with"),
    path("sign-in/with/<slug:slug>/callback", sign_in.back, name="sign-in-back"),
    path("sign-in/code/", sign_in_code.code, name="sign-in-code"),
    path("sign-in/code/check/", sign_in_code.check, name="sign-in-code-check"),
    path("sign-in/passkey/", sign_in_passkey.use, name="sign-in-passkey"),
    path("sign-in/passkey/options/", sign_in_passkey.options, name="sign-in-passkey-options"),
    path("setup/", include("setup.urls")),
    path("webhooks/shopify", webhooks.shopify, name="shopify-webhook"),
    path("webhooks/cloudinary/<str:token>", webhooks.cloudinary, name="cloudinary-events"),
    path("d/<path:rest>", answer, name="delivery"),
    path("api/reference", reference.page, name="api-reference"),
    path("api/problems/<slug:type>", reference.problem, name="api-problem"),
    path("api/v1", reference.root, name="api-root"),
    path("api/v1/", reference.root),
    path("api/v1/", include((site.urls(), "api"))),
    path("", include("linking.urls")),
]
