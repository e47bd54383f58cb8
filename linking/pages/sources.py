"""A sheet without a file, in words: what was asked for, how many assets were looked at, and what lies beyond."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from linking.domain import stored
from linking.domain.conventions import Reads
from linking.domain.name_patterns import READ
from linking.domain.scopes import Scope
from linking.domain.sheet_columns import ALT, FIELD
from linking.ingest.sheets.sources import FILES, NAMES, PRODUCTS, STATUS
from linking.models import Sheet
from setup.words import _, enumeration, gettext_lazy, ngettext, number, quoted

FEW = 5
READ_ON: Mapping[str, Any] = {
    Reads.NAME: gettext_lazy("File name"),
    Reads.PUBLIC_ID: gettext_lazy("Public ID"),
    Reads.PREFIX: gettext_lazy("Beginning of the public ID"),
    Reads.FOLDER: gettext_lazy("Folder"),
}
SCOPES: Mapping[str, Any] = {
    Scope.ALL: gettext_lazy("All pictures and videos"),
    Scope.FOLDER: gettext_lazy("A folder"),
    Scope.SEARCH: gettext_lazy("What a search finds"),
    Scope.SELECTION: gettext_lazy("The open selection"),
}
# Nobody chooses these on a form.
OTHERS: Mapping[str, Any] = {
    Scope.LEDGER: gettext_lazy("All that is linked, or was"),
    Scope.RUN: gettext_lazy("Those of a run"),
}
TITLES: Mapping[str, Any] = {
    NAMES: gettext_lazy("SKU from names"),
    FILES: gettext_lazy("Values from files"),
    PRODUCTS: gettext_lazy("Shopify to Cloudinary"),
    STATUS: gettext_lazy("Status of assets"),
}
# What a part of a name is called.
PARTS: Mapping[str, Any] = {
    "sku": gettext_lazy("SKU"),
    "sequence": gettext_lazy("Sequence"),
    "type": gettext_lazy("Type"),
}


def source_context(sheet: Sheet, *, shows: bool) -> dict[str, Any] | None:
    """None for a file."""
    if not sheet.source:
        return None
    source, scope = sheet.source, stored.mapping(sheet.source.get("scope"))
    facts = []
    if source.get("kind") == NAMES:
        fills = stored.mapping(source.get("fills"))
        facts.append((_("Pattern"), str(source.get("pattern", ""))))
        facts.append((_("Read from"), str(READ_ON.get(str(source.get("reads")), ""))))
        facts += [(str(PARTS[part]), label_of(sheet, str(fills[part]))) for part in READ if fills.get(part)]
    if source.get("kind") == FILES:
        facts.append((_("Name of the metadata"), str(source.get("name", ""))))
        facts += [(_("Pattern"), str(source["regex"]))] if source.get("regex") else []
        facts.append((_("Field to fill"), filled(sheet, str(source.get("code", "")))))
    kept = _("Replaced") if source.get("replaces") else _("Kept")
    if source.get("kind") == PRODUCTS:
        facts += additions_of(sheet)
        kept = kept if source.get("replaces") else _("Replaced where AssetLink wrote them, others kept")
    facts += [(_("Existing values"), kept), *scope_facts(source, scope)]
    title = str(TITLES.get(str(source.get("kind")), ""))
    return {
        "title": title,
        "facts": facts,
        "looked": looked_said(source) if shows else "",
        "change": change_of(source, scope),
    }


def additions_of(sheet: Sheet) -> list[tuple[str, str]]:
    """What lists of Cloudinary lack: they have it before the rows are written."""
    known = {
        id: list(stored.mapping(some).values()) for id, some in stored.mapping(sheet.source.get("additions")).items()
    }
    return [
        (_("New in the list of {field}").format(field=label_of(sheet, id)), _few(values))
        for id, values in known.items()
        if values
    ]


def _few(values: list[Any]) -> str:
    texts = [quoted(str(one)) for one in values]
    if len(texts) <= FEW:
        return enumeration(texts)
    more = ngettext("{n} more", "{n} more", len(texts) - FEW).format(n=number(len(texts) - FEW))
    return enumeration([*texts[:FEW], more])


def filled(sheet: Sheet, code: str) -> str:
    return _("Alt text") if code == ALT else label_of(sheet, code.removeprefix(FIELD))


def label_of(sheet: Sheet, id: str) -> str:
    return str(sheet.fields.get(id) or id)


def scope_facts(source: Mapping[str, Any], scope: Mapping[str, Any]) -> list[tuple[str, str]]:
    which = str(scope.get("scope"))
    facts = [(_("Assets"), str({**SCOPES, **OTHERS}.get(which, "")))]
    if which == Scope.FOLDER:
        facts.append((_("Folder"), str(scope.get("folder", ""))))
    if which == Scope.SEARCH:
        facts.append((_("Search expression"), str(scope.get("search", ""))))
    of_files = source.get("kind") == FILES
    without = _("Only assets without a value in this field") if of_files else _("Only assets without a SKU")
    return facts + ([(_("Of these"), without)] if scope.get("without") else [])


def looked_said(source: Mapping[str, Any]) -> str:
    looked, total = (int(source.get(name, 0)) for name in ("looked", "total"))
    if looked >= total:
        return ngettext("AssetLink looked at {n} asset.", "AssetLink looked at {n} assets.", looked).format(
            n=number(looked)
        )
    if source.get("kind") == FILES:
        text = _(
            "AssetLink looked at {n} of about {all} assets. Write these, then begin again with those without a value."
        )
    else:
        text = _(
            "AssetLink looked at {n} of about {all} assets. Write these, then begin again with those without a SKU."
        )
    return text.format(n=number(looked), all=number(total))


def change_of(source: Mapping[str, Any], scope: Mapping[str, Any]) -> str:
    """The address of the page with all that was chosen."""
    of_files = source.get("kind") == FILES
    if not of_files and source.get("kind") != NAMES:
        return ""
    pairs = [(name, source.get(name)) for name in ("name", "regex", "code")] if of_files else []
    pairs += [(name, source.get(name)) for name in ("pattern", "reads")]
    pairs += [(f"field-{part}", id) for part, id in stored.mapping(source.get("fills")).items()]
    pairs += [("replaces", "1" if source.get("replaces") else ""), ("without", "1" if scope.get("without") else "")]
    pairs += [(name, scope.get(name)) for name in ("scope", "folder", "search")]
    chosen = urlencode([*((name, value) for name, value in pairs if value), ("asked", "1")])
    return f"{reverse('in-files' if of_files else 'names')}?{chosen}"
