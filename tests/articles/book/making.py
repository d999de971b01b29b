"""Making books in tests."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from articles.book.choice import choose
from articles.book.writing import Tally, write_book
from articles.ingest.content import derive
from articles.lists.pages import Selection
from articles.models import Article
from articles.search.find import Search
from tests.articles.book.structure import Book, faults
from tests.factories import make_article


def everything(**fields: Any) -> Search:
    return Search(**{"selection": Selection(), "reader": AnonymousUser(), "now": timezone.localtime()} | fields)


def article_of(html: str, **fields: Any) -> Article:
    """An article as a poll stores a publisher's HTML."""
    content = derive(html, base_url="https://paper.example/1", title="", boilerplate=())
    return make_article(content_html=content.content_html, content_text=content.content_text, **fields)


def bytes_of(search: Search | None = None, *, size: int = 200, **options: Any) -> tuple[bytes, Tally]:
    search = search or everything()
    file = BytesIO()
    tally = write_book(file, search, choose(search, size=size), site="https://reader.example", **options)
    return file.getvalue(), tally


def book_of(search: Search | None = None, **options: Any) -> Book:
    """The book, which has no fault."""
    data, _tally = bytes_of(search, **options)
    assert faults(data) == []
    return Book(data)
