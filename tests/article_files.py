"""Article files as archives have them; a test names only what it is about."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

from django.core.management import call_command

from articles.archive_files.importing import ImportReport

MILLISECONDS = 1767258000000  # 2026-01-01T09:00:00Z


def newer_form(
    *,
    title: str = "Harbour reopens",
    link: str = "https://paper.example/harbour",
    source: str = "The Paper",
    date: str = "2026-01-01T09:00:00.000Z",
    author: str = "M. Reed",
    html: str = "<p>Ships are back.</p>",
    stamp: int | None = MILLISECONDS,
    line_title: str | None = None,
    more: str = "",
) -> str:
    """A file with front matter, as `archived/` and `_posts/` have it."""
    comment = "" if stamp is None else f"<!--{stamp}-->\n"
    line_title = title if line_title is None else line_title
    return (
        f'---\nlayout: post\ntitle: "{title}"\ndate: {date}\nauthor: {author}\nfrom: {link}\n'
        f"tags: [ {source} ]\ncategories: [ {source} ]\n{more}---\n"
        f"{comment}[{line_title}]({link})\n------\n\n<div>\n{html}\n</div>\n"
    )


def older_form(
    *,
    title: str = "Harbour reopens",
    link: str = "https://paper.example/harbour",
    html: str = "<p>Ships are back.</p>",
    stamp: int = MILLISECONDS,
) -> str:
    """A file without front matter, as `articles/<source>/` has it."""
    return f"<!--{stamp}-->\n[{title}]({link})\n------\n\n{html}"


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Put `files`, by their path, below `folder`."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def subscriptions(**sites: str) -> str:
    """A subs.json: the address of each site, whose name has "_" for a space."""
    return json.dumps([{"site": site.replace("_", " "), "url": url} for site, url in sites.items()])


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    """Imported, unchanged, duplicate, refused."""
    return report.imported, report.unchanged, report.duplicate, report.refused


def run(folder: Path, *options: str) -> tuple[list[str], int]:
    """The lines of `import_archive`, and its exit code."""
    output = StringIO()
    code = 0
    try:
        call_command("import_archive", str(folder), *options, stdout=output)
    except SystemExit as end:
        code = int(end.code or 0)
    return output.getvalue().splitlines(), code
