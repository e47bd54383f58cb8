"""What a list of runs says of one: the sentence of its page, and how many galleries that concerns."""

from linking.domain.sentences import OTHERS, Said, Sums, did, of_files, will
from linking.domain.verdicts import Ended, happened, verdict
from setup.words import _, ngettext, number


def under_way(run: Ended, sums: Sums) -> Said:
    """“142 of 317 pictures”; empty as long as nothing is planned."""
    if run.kind != "upload":
        if not sums.pictures:
            return Said("")
        said = ngettext("{done} of {n} picture", "{done} of {n} pictures", sums.pictures)
        return Said(said.format(done=number(sums.did), n=number(sums.pictures)))
    total = sum(run.lines.values()) - run.lines.get("skipped", 0)
    if not total:
        return Said("")
    said = ngettext("{done} of {n} file", "{done} of {n} files", total)
    return Said(said.format(done=number(total - run.lines.get("pending", 0)), n=number(total)))


def planned(run: Ended, sums: Sums) -> Said:
    """Of a dry run. The stores stand beside it."""
    plan = of_files(dict(run.lines), 0, 1, over=False) if run.kind == "upload" else will(run.kind, sums, 1)
    if plan.text or plan.aside:
        return plan
    return Said(
        str(OTHERS) if run.lines.get("pending") or run.products.get("planned") else _("This plan changes nothing.")
    )


def over(run: Ended, sums: Sums) -> Said:
    """Of a run that was applied: what it did, and what is not as planned."""
    if run.kind == "upload":
        text = of_files(dict(run.lines), 0, 1, over=True).text if run.lines.get("done") else ""
    else:
        text = did(run.kind, sums) if sums.did_anything else ""
    return Said(text or verdict(run).title, happened(run) if run.troubled and run.kind != "upload" else "")
