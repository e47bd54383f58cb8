from typing import Any

from django.apps import AppConfig
from django.core import checks


class SiteConfig(AppConfig):
    name = "assetlink_site"

    def ready(self) -> None:
        checks.register(of_this_process, "assetlink", deploy=True)


def of_this_process(app_configs: Any, **options: Any) -> list[checks.CheckMessage]:
    """For `manage.py check --deploy` alone: no process that serves or works loads the rules, and what they look at."""
    from assetlink_site.deployment import checking

    return checking.of_this_process()
