"""What files will be called in a store: by the environment's template, for the first product that gets them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from linking.cloudinary.renditions import Rendition
from linking.domain.assets import Asset
from linking.domain.filenames import called
from linking.domain.options import COLOR, NAMED, NO_OPTION, is_color, option_of
from setup.file_names import OPTION, BadTemplate, Template
from setup.models import Environment
from setup.spelling import folded


@dataclass(frozen=True)
class Into:
    """Where an asset goes: a product, by the key of a group, as which of the assets that it gets (0: a swatch, which has no
    order). `card`: what the store answered for the key (linking.models.KeyMatch)."""

    title: str = ""
    handle: str = ""
    key: str = ""
    position: int = 0
    card: Mapping = field(default_factory=dict)

    def value(self, name: str) -> str:
        """Of a name in a template; empty if there is none."""
        if name.startswith(OPTION):
            return self._option(name.removeprefix(OPTION))
        position = str(self.position) if self.position else ""
        return {"product.title": self.title, "product.handle": self.handle, "key": self.key, "position": position}[name]

    def _option(self, name: str) -> str:
        """What all variants that carry the key have in common. A colour goes by its name in any language."""
        rows = [dict(options) for options in (self.card.get("chosen") or {}).values()]
        option = option_of(COLOR if is_color(name) else f"{NAMED}{name}", rows)
        if option is None or folded(option) == NO_OPTION:
            return ""
        values = {folded(value): value for row in rows if (value := row.get(option, ""))}
        return next(iter(values.values())) if len(values) == 1 else ""


NOWHERE = Into()


class FileNames:
    """Of one environment."""

    def __init__(self, environment: Environment) -> None:
        try:
            self.template = Template.parse(environment.file_name_template)
        except BadTemplate:  # of another release
            self.template = Template.parse("")

    def of(self, asset: Asset, rendition: Rendition, into: Into = NOWHERE) -> str:
        def value_of(name: str) -> str:
            return asset.name if name == "asset.name" else into.value(name)

        return called(self.template.slug(value_of), rendition.name)
