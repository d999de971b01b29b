"""Articles in the Chinese characters that a reader has chosen, with their pronunciation where asked for. What is
stored, found, given out and put into books is as published: only what a page shows of an article changes, in the
article that it has at hand and nowhere else."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.safestring import mark_safe

from articles.display.language import language_of
from articles.display.pronunciation import html_with, is_mandarin
from articles.display.script import TAGS, Script, html_in, tag_in, text_in
from articles.models import Article


def script_of(request: HttpRequest) -> Script:
    """The reader's choice; "" for as published."""
    preferences = getattr(request, "preferences", None)  # newsreader.preferences puts it there
    script: Script = preferences.look.script if preferences else ""
    return script


def name_in(article: Article | None, script: Script) -> bool:
    """Put the title and the summary of `article` into `script`, with the language to set them in. True where they were
    in the other."""
    if not script or article is None:
        return False
    declared = article.language or article.feed.language
    told = tag_in(language_of(declared, article.title + article.summary), script)
    if told:
        article.title, article.summary = text_in(article.title, script), text_in(article.summary, script)
        article.language = told
    return bool(told)


def show_in(article: Article, script: Script) -> None:
    """The same for all of an article that its page shows."""
    if name_in(article, script):
        article.content_html = html_in(article.content_html, script)
        article.tags = [text_in(tag, script) for tag in article.tags]


def html_of(article: Article, html: str, script: Script) -> str:
    """Another text of an article that `show_in` has shown in `script`, in the same."""
    return html_in(html, script) if script and article.language == TAGS[script] else html


def pronounced(article: Article, html: str, request: HttpRequest) -> str:
    """The sanitized HTML of an article as its page shows it, with the pronunciation above its characters where the
    reader wants that and it is Chinese."""
    preferences = getattr(request, "preferences", None)
    if preferences is None or not preferences.look.pronunciation:
        return html
    declared = article.language or article.feed.language
    if not is_mandarin(language_of(declared, article.title + article.summary)):
        return html
    return mark_safe(html_with(html, preferences.look.pronunciation))  # noqa: S308 - only characters got <ruby>
