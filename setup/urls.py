from django.urls import path

from setup.views import stores

urlpatterns = [
    path("", stores.page, name="setup"),
    path("stores/", stores.connect, name="store-connect"),
    path("swatches/", stores.swatches, name="swatches"),
    path("stores/<int:pk>/check/", stores.check_again, name="store-check"),
]
