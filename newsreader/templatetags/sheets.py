"""`{% sheet "css/list-page.css" %}`"""

from __future__ import annotations

from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import HashedFilesMixin, staticfiles_storage
from django.template import Library
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from newsreader.whole_files import imported_sheets

register = Library()


@register.simple_tag
def sheet(name: str) -> SafeString:
    """The link to a style sheet. Where files are served as they lie, the links to what it imports: axe follows imports
    by an inline style, which our Content-Security-Policy forbids."""
    names = [name]
    if not isinstance(staticfiles_storage, HashedFilesMixin):
        folder = name.rpartition("/")[0]
        names = [f"{folder}/{other}" for other in imported_sheets(_text(name))] or names
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', ([static(each)] for each in names))


def _text(name: str) -> str:
    path = finders.find(name)
    assert isinstance(path, str)
    return Path(path).read_text()
