"""An article as a chapter: its text with the pictures that are here, words and links for all else."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from html import escape, unescape

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from articles.book.epub.pages import Chapter, Words
from articles.book.epub.xhtml import is_language, web_address, xhtml
from articles.book.pictures import Picture
from articles.display.attachments import whole
from articles.display.media import Attributes, map_media, picture_sources, player_link, shown_width
from articles.export.formats.documents import File
from articles.export.formats.markup import plain
from articles.models import Article
from articles.notes.models import Note
from articles.notes.shown import with_passages
from articles.sanitize.addresses import image_address
from articles.templatetags.reading import direction, language

PictureOf = Callable[[str], Picture | None]


def words_of_book() -> Words:
    """In the language of who asks."""
    return Words(
        language=get_language() or settings.LANGUAGE_CODE,
        contents=_("Contents"),
        cover=_("Cover"),
        original=_("The original"),
        picture=_("Picture"),
        notes=_("Notes"),
    )


def chapter_of(
    article: Article,
    files: Sequence[File],
    *,
    site: str,
    words: Words,
    picture_of: PictureOf,
    notes: Sequence[Note] = (),
) -> Chapter:
    """The chapter of an article with its feed. `picture_of` puts a picture into the book."""
    shown = language(article)
    html, found_passages = with_passages(article.content_html, notes)
    found = whole(html, files, title=article.title, image_url=article.image_url)
    own = site + article.get_absolute_url() if site else ""
    return Chapter(
        title=title_of(article),
        language=shown if is_language(shown) else "",
        is_rtl=direction(shown) == "rtl",
        source=" · ".join([article.feed.name, *([article.origin.title] if article.origin else [])]),
        facts=_facts(article),
        url=web_address(article.url) or own,
        content=xhtml(_with_pictures(found.html, words, picture_of), base_url=article.url),
        files=tuple((file.title or file.url, url) for file in found.files if (url := web_address(file.url))),
        notes=_notes_below(notes, found_passages),
    )


def _notes_below(notes: Sequence[Note], found: Container[int]) -> tuple[tuple[str, str], ...]:
    """Passage and text of each note but for those of which nothing is to be said below the article: what is only marked
    says all that there is to it where it stands."""
    return tuple((note.passage, note.text) for note in notes if note.text or note.pk not in found)


def title_of(article: Article) -> str:
    """No page and no line of a table of contents may be without one."""
    return " ".join(plain(article.name).split()) or _("Untitled")


def _facts(article: Article) -> str:
    moment = date_format(localtime(article.published_at), pgettext("format of a date with its time", "j F Y, H:i"))
    return " · ".join(filter(None, (article.author, moment)))


def _with_pictures(html: str, words: Words, picture_of: PictureOf) -> str:
    def image(attrs: Attributes, is_linked: bool) -> str:
        urls = picture_sources(attrs)
        found = next(filter(None, (_known(url, picture_of) for url in urls)), None)
        return _img(attrs, found) if found else _in_words(attrs, urls, words, is_linked)

    def player(kind: str, attrs: Attributes, sources: list[Attributes]) -> str:
        poster = _known(unescape(attrs.get("poster", "")), picture_of)
        shown = f"<p>{_img({}, poster)}</p>" if poster else ""
        played = (source.get("src", "") for source in (attrs, *sources))
        address = next((address for address in played if web_address(unescape(address))), "")
        return shown + (player_link(kind, address) if address else "")

    return map_media(html, image=image, player=player)


def _known(url: str, picture_of: PictureOf) -> Picture | None:
    url = image_address(url, "") if url else ""
    return picture_of(url) if url else None


def _img(attrs: Attributes, picture: Picture) -> str:
    """As wide as the publisher had it, in the proportions that it has."""
    width = min(shown_width(attrs, picture.width, picture.height), picture.width)
    height = max(1, round(width * picture.height / picture.width))
    source = f'src="../pictures/{picture.name}"'
    return f'<img {source} alt="{attrs.get("alt", "")}" width="{width}" height="{height}"/>'


def _in_words(attrs: Attributes, urls: Sequence[str], words: Words, is_linked: bool) -> str:
    """The XHTML that stands for a picture that is not here, with the way to where it was."""
    text = attrs.get("alt", "") or escape(words.picture)
    if is_linked or not urls:
        return f"<span>[{text}]</span>"
    return f'<a href="{escape(urls[-1])}">[{text}]</a>'
