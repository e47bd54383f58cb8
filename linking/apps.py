from django.apps import AppConfig


class LinkingConfig(AppConfig):
    name = "linking"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linking.domain import doings, edits, reasons  # noqa: F401 - every process knows the words of all reasons
        from linking.links.store_counts import of_stores  # models are not loaded before
        from linking.notices import noting
        from linking.rules.events.standing import of_environment
        from linking.selection.presets import name_of_default
        from linking.webhooks.outbox import store_broke_off
        from setup import beginnings, holdings
        from setup.events import followed
        from setup.models import stores

        holdings.register(of_stores)
        beginnings.register(name_of_default)
        followed.register(of_environment)
        stores.hearers += [store_broke_off, noting.store_broke_off]
