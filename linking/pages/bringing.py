"""The dialog for bringing assets in, in words."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from linking.domain.incoming import File, Standing, Verdict, public_id_of
from linking.domain.name_patterns import NamePattern, tried
from setup.words import _, enumeration, ngettext, number, quoted

# In this order they are counted.
COUNTED = {
    Standing.NEW: lambda n: ngettext("{n} new", "{n} new", n),
    Standing.THERE: lambda n: ngettext("{n} is there already", "{n} are there already", n),
    Standing.TWICE: lambda n: ngettext("{n} comes twice", "{n} come twice", n),
    Standing.TAKEN: lambda n: ngettext("{n} has a name that is taken", "{n} have names that are taken", n),
}


def can_come(file: File, folder: str) -> bool:
    return bool(file.kind and file.bytes > 0 and public_id_of(file.path, folder))


def looked(files: Sequence[File], found: Sequence[Verdict], pattern: NamePattern | None) -> dict[str, Any]:
    """Each file's verdict, in the order of the files; what all of them come to; what the pattern makes of their names."""
    rows = [
        {
            "standing": verdict.standing.value,
            "said": said_of(file, verdict),
            "asset": verdict.asset.asset_id if verdict.asset and verdict.standing is Standing.THERE else "",
        }
        for file, verdict in zip(files, found, strict=True)
    ]
    return {"files": rows, "said": summed(found), "names": names_said(files, found, pattern)}


def said_of(file: File, verdict: Verdict) -> str:
    """Why a file is not new; empty for one that is."""
    match verdict.standing:
        case Standing.THERE:
            name = verdict.asset.public_id if verdict.asset else ""
            return _("The same file is in Cloudinary as {name}.").format(name=quoted(name))
        case Standing.TWICE:
            return _("The same file as {path}.").format(path=quoted(verdict.of))
        case Standing.TAKEN if verdict.of:
            return _("It would have the same name as {path}. Rename one of them.").format(path=quoted(verdict.of))
        case Standing.TAKEN:
            text = _("Another asset is called {name}. Rename the file, or choose another folder.")
            return text.format(name=quoted(verdict.public_id))
        case Standing.UNSUPPORTED:
            return _("It is neither a picture nor a video that Cloudinary takes.")
        case Standing.EMPTY:
            return _("The file is empty.")
        case Standing.UNNAMED:
            return _("Its name is too long, or has no character that a public ID can have. Rename it.")
    return ""


def summed(found: Sequence[Verdict]) -> str:
    """`57 new, 2 are there already and 1 cannot be uploaded`"""
    counts = Counter(verdict.standing for verdict in found)
    parts = [say(counts[one]).format(n=number(counts[one])) for one, say in COUNTED.items() if counts[one]]
    others = sum(n for one, n in counts.items() if one not in COUNTED)
    if others:
        parts.append(ngettext("{n} cannot be uploaded", "{n} cannot be uploaded", others).format(n=number(others)))
    return enumeration(parts)


def names_said(files: Sequence[File], found: Sequence[Verdict], pattern: NamePattern | None) -> str:
    """What the pattern reads in the names of what comes."""
    paths = [file.path for file, verdict in zip(files, found, strict=True) if verdict.standing is Standing.NEW]
    if pattern is None or not paths:
        return ""
    result = tried(pattern, paths)
    said = ngettext("{n} name has a SKU", "{n} names have a SKU", result.fits).format(n=number(result.fits))
    of = ngettext("{n} SKU in all", "{n} SKUs in all", result.skus).format(n=number(result.skus))
    if not result.missed:
        return f"{said}, {of}."
    missed = ngettext("{n} name has none", "{n} names have none", result.missed).format(n=number(result.missed))
    return f"{said}, {of}; {missed}: {enumeration([quoted(one) for one in result.misses])}."
