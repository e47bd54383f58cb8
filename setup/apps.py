from django.apps import AppConfig


class SetupConfig(AppConfig):
    name = "setup"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Whatever a process does, it knows the words of all reasons that rows may hold."""
        from setup.cloudinary import client  # noqa: F401 - models are not loaded before
        from setup.shopify import errors  # noqa: F401
