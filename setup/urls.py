from django.urls import path

from setup.views import audit, connecting, oauth, people, sections, stores

urlpatterns = [
    path("", stores.page, name="setup"),
    path("connect/", connecting.connect, name="connect"),
    path("connect/token/", connecting.by_token, name="connect-token"),
    path("connect/credentials/", connecting.by_credentials, name="connect-credentials"),
    path("connect/install/", connecting.by_installing, name="connect-install"),
    path("connect/install/<uuid:key>/", oauth.attempt, name="connect-attempt"),
    path("connect/app/", connecting.app, name="connect-app"),
    path("oauth/begin", oauth.begin, name="oauth-begin"),
    path("oauth/callback", oauth.callback, name="oauth-callback"),
    path("stores/<int:pk>/", stores.store, name="store"),
    path("stores/<int:pk>/name/", stores.rename, name="store-name"),
    path("stores/<int:pk>/pause/", stores.pause, name="store-pause"),
    path("stores/<int:pk>/resume/", stores.resume, name="store-resume"),
    path("stores/<int:pk>/disconnect/", stores.disconnect, name="store-disconnect"),
    path("sections/", sections.page, name="setup-sections"),
    path("matching/", sections.save, {"slug": "matching"}, name="setup-matching"),
    path("swatches/", sections.save, {"slug": "swatches"}, name="setup-swatches"),
    path("swatches/rule/", sections.swatch_rule, name="setup-swatch-rule"),
    path("renditions/", sections.save, {"slug": "renditions"}, name="setup-renditions"),
    path("alt-texts/", sections.save, {"slug": "alt-texts"}, name="setup-alt-texts"),
    path("rights/", sections.save, {"slug": "rights"}, name="setup-rights"),
    path("showing/", sections.save, {"slug": "showing"}, name="setup-showing"),
    path("audit/", audit.page, name="audit"),
    path("people/", people.page, name="people"),
    path("people/<int:pk>/end/", people.end, name="people-end"),
    path("prepare/<slug:slug>/", sections.prepare, name="setup-prepare"),
    path("stores/<int:pk>/check/", stores.check_again, name="store-check"),
]
