"""`hauberk reprocess`: reads a kept report again with the present parser, after it has shown the difference."""

from hauberk.cli.undo import AsJson, DryRun, Scan, Yes, carry_out


def reprocess(scan: Scan, dry_run: DryRun = False, yes: Yes = False, as_json: AsJson = False) -> None:
    """Read a kept report again with the present parser. What people decided and wrote stays.

    It shows the difference and asks first. Of a report about several assets all parts are read again, or none.

    Exit status: 0 done, 1 failed or not wanted, 2 wrong usage, 4 held (a person has to decide).

    \b
    Examples:
      hauberk reprocess scn_01h455vb4pex5 --dry-run
      hauberk reprocess scn_01h455vb4pex5 --yes
    """
    carry_out("reprocess", scan, question="Read it again?", dry_run=dry_run, yes=yes, as_json=as_json)
