from django.urls import include, path

from assetlink_site.checks import healthz, readyz
from assetlink_site.metrics import metrics
from setup.views import session, webhooks

handler500 = "assetlink_site.failures.server_error"
urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
    path("session/", session.lasting, name="session"),
    path("language/", session.language, name="language"),
    path("setup/", include("setup.urls")),
    path("webhooks/shopify", webhooks.shopify, name="shopify-webhook"),
    path("", include("linking.urls")),
]
