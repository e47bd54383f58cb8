"""Transformations as admins write them: their spelling, before anybody is asked.

https://cloudinary.com/documentation/transformation_reference. They become part of delivery URLs as they are, so whatever
could lead out of one, or make Cloudinary fetch something for us, is refused.
"""

import re

from setup.words import _, number

LONGEST = 1000
COMPONENT = re.compile(r"(?:\$[A-Za-z]\w*|[a-z]{1,4})_.+")
STRANGE = re.compile(r"[\s?#\"'\\<>&;`^{}|]|[^\x21-\x7e]")
# A remote picture laid over, a function, a script: none of them is needed for a product's picture.
FETCHING = re.compile(r"(?:^|[,/])(?:l_fetch|u_fetch|fn_|l_video:fetch)", re.IGNORECASE)


class BadTransformation(ValueError):
    """The text says what is wrong, and what to write instead."""


def checked(text: str) -> str:
    """Without the slashes around it. Raises BadTransformation."""
    text = text.strip().strip("/")
    if len(text) > LONGEST:
        raise BadTransformation(
            _("A transformation has at most {n} characters. Make it a named transformation: t_name.").format(
                n=number(LONGEST)
            )
        )
    if found := STRANGE.search(text):
        raise BadTransformation(
            _("A transformation cannot contain “{sign}”. Copy the text between upload/ and the asset.").format(
                sign=found[0]
            )
        )
    if re.search(r"%(?![0-9A-Fa-f]{2})", text):
        raise BadTransformation(_("Two hexadecimal digits must follow a percent sign, as in %20."))
    if FETCHING.search(text):
        raise BadTransformation(_("Layers that are fetched from elsewhere and custom functions are not allowed here."))
    for component in text.split("/"):
        check_component(component)
    return text


def check_component(component: str) -> None:
    """Raises BadTransformation."""
    if component in ("", ".", ".."):
        raise BadTransformation(_("One step is empty. Put one slash between two steps."))
    for parameter in component.split(","):
        if not COMPONENT.fullmatch(parameter):
            raise BadTransformation(
                _(
                    "“{name}” is not a parameter. Parameters look like w_800 or c_limit, with commas between them."
                ).format(name=parameter)
            )
        if parameter.startswith("f_"):
            raise BadTransformation(
                _("Leave out {name}. AssetLink sets the format that Shopify takes.").format(name=parameter)
            )
