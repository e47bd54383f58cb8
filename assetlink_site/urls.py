from django.urls import include, path

from assetlink_site.checks import healthz, readyz

urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("setup/", include("setup.urls")),
    path("", include("linking.urls")),
]
