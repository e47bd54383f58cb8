from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "assetlink_site"

    def ready(self) -> None:
        from assetlink_site.deployment import checking  # noqa: F401 - models are not loaded before
