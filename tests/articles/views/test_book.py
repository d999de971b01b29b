"""Who gets a book, of what, and how many at a time."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from articles.export import secret_addresses
from articles.lists.pages import Selection, Show
from articles.models import ArticleState
from articles.notes.own import add_note, change_note
from articles.search import index as search_index
from articles.views import book as views
from tests.articles.book.making import article_of, everything
from tests.articles.book.structure import Book, faults
from tests.articles.images import pictures
from tests.articles.kept_pictures import keep_picture
from tests.effort import statements_asked
from tests.factories import make_article, make_articles, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


def asked(client, address: str) -> Book:
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    data = b"".join(response.streaming_content)
    assert faults(data) == []
    assert int(response["Content-Length"]) == len(data)
    return Book(data)


def chapters(client, address: str) -> set[str]:
    return set(asked(client, address).chapters)


def names(*articles) -> set[str]:
    return {f"articles/{article.pk}.xhtml" for article in articles}


@pytest.fixture
def public(settings):
    settings.NEWSREADER_PUBLIC = True


def test_the_query_of_the_list_is_the_query_of_the_book(client, public):
    category = make_category("Ports")
    inside, outside = make_article(make_feed(category=category), content_text="fog"), make_article()
    search_index.index([inside, outside], {})
    assert chapters(client, "/book.epub") == names(inside, outside)
    assert chapters(client, f"/book.epub?category={category.slug}") == names(inside)
    assert chapters(client, f"/book.epub?feed={outside.feed_id}") == names(outside)
    assert chapters(client, "/book.epub?q=fog") == names(inside)
    assert chapters(client, "/book.epub?q=%21%21") == set()
    assert chapters(client, "/book.epub?n=1") == names(outside)


@pytest.mark.parametrize("query", ["", "&q=fog"])
def test_a_day_or_a_month_is_the_readers_own(client, public, settings, query):
    settings.TIME_ZONE = "Asia/Shanghai"
    early = make_article(content_text="fog", published_at=datetime(2026, 1, 31, 15, 59, tzinfo=UTC))
    late = make_article(content_text="fog", published_at=datetime(2026, 1, 31, 16, tzinfo=UTC))
    search_index.index([early, late], {})
    assert chapters(client, f"/book.epub?date=2026-01-31{query}") == names(early)
    assert chapters(client, f"/book.epub?date=2026-02-01{query}") == names(late)
    assert chapters(client, f"/book.epub?date=2026-02{query}") == names(late)
    assert chapters(client, f"/book.epub?date=2026-03{query}") == set()


@pytest.mark.parametrize(
    "query", ["date=yesterday", "date=2026-13", "date=9999-12", "date=2026-02-30", "n=0", "n=x", "show=x"]
)
def test_what_makes_no_sense_is_refused(client, public, query):
    assert client.get(f"/book.epub?{query}").status_code == 400


def test_a_private_site_gives_books_to_its_readers_alone(client):
    starred, _other = make_articles(2)
    assert client.get("/book.epub").status_code == 302
    reader = make_reader()
    ArticleState.objects.create(user=reader, article=starred, starred_at=starred.published_at)
    client.force_login(reader)
    assert chapters(client, "/book.epub?show=starred") == names(starred)


def test_starred_articles_of_nobody_lead_to_signing_in(client, public):
    assert client.get("/book.epub?show=starred").status_code == 302


def test_a_secret_address_opens_the_book_of_its_view_alone(client):
    mine, other = make_article(), make_article()
    reader = make_reader()
    output, secret = secret_addresses.create(reader, everything(selection=Selection(feed=mine.feed), reader=reader))
    address = f"/outputs/{output.pk}/{secret}/book.epub"
    assert chapters(client, f"{address}?feed={other.feed_id}&show=all") == names(mine)
    assert chapters(client, f"{address}?date=2020-01") == set()
    assert client.get(f"/outputs/{output.pk}/{secret}x/book.epub").status_code == 404
    secret_addresses.revoke(reader, output.pk)
    assert client.get(address).status_code == 404


def test_a_book_has_its_readers_notes_where_they_ask_for_them_and_nobody_elses(client, public):
    article = article_of("<p>Fog at the <em>mole</em> &amp; rain</p>")
    ann, bob = make_reader("ann"), make_reader("bob")
    note = add_note(ann, article.pk, "why <not>?\n\nbecause", passage="the mole & rain")
    add_note(ann, article.pk, "", passage="Fog")
    add_note(bob, article.pk, "secretly")
    output, secret = secret_addresses.create(ann, everything(selection=Selection(feed=article.feed), reader=ann))

    def chapter(address):
        return asked(client, address).bytes(f"articles/{article.pk}.xhtml").decode()

    client.force_login(ann)
    page = chapter("/book.epub?notes=1")
    assert page.count("<mark ") == 4
    assert f'<mark class="passage" id="passage-{note.pk}">the </mark><em><mark class="passage">mole</mark></em>' in page
    section = page[page.index('<section class="notes">') :]
    assert section.count("<blockquote>") == 1  # what is only marked stands in the text
    assert ">the mole &amp; rain</p></blockquote>" in section
    assert ">why &lt;not&gt;?\n\nbecause</p>" in section
    assert "secretly" not in page
    for address in ("/book.epub", f"/outputs/{output.pk}/{secret}/book.epub?notes=1"):
        page = chapter(address)
        assert "why" not in page
        assert "<mark" not in page
    client.logout()
    assert "why" not in chapter("/book.epub?notes=1")


def test_a_book_with_notes_is_another_when_they_change(client, public):
    reader, article = make_reader(), make_article()
    client.force_login(reader)
    note = add_note(reader, article.pk, "why")
    plain, tag = tag_of(client, "/book.epub")[1], tag_of(client, "/book.epub?notes=1")[1]
    assert plain != tag == tag_of(client, "/book.epub?notes=1")[1]
    change_note(note, "why not")
    assert tag_of(client, "/book.epub?notes=1")[1] != tag
    assert tag_of(client, "/book.epub")[1] == plain


@pytest.mark.one_database("a book is made of rows, whatever keeps them")
def test_the_page_of_outputs_and_the_list_lead_to_the_book(client):
    client.force_login(make_reader())
    article = make_article()
    assert f'href="/book.epub?feed={article.feed_id}"' in client.get(f"/?feed={article.feed_id}").text
    page = client.get(f"/outputs/?feed={article.feed_id}").text
    assert f'<input type="hidden" name="feed" value="{article.feed_id}">' in page
    assert "/book.epub" in client.post(f"/outputs/?feed={article.feed_id}").text


@pytest.mark.one_database("a book is made of rows, whatever keeps them")
def test_a_second_book_at_once_waits_for_its_turn_and_is_told_so(client, public, monkeypatch):
    monkeypatch.setattr(views, "SECONDS_IN_LINE", 0.01)
    make_article()
    with views._turn:
        response = client.get("/book.epub")
    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert asked(client, "/book.epub")


@pytest.mark.one_database("a book is made of rows, whatever keeps them")
def test_a_book_that_fails_leaves_its_turn_to_the_next(client, public, monkeypatch):
    def fail(*args, **options):
        raise OSError("no room")

    client.raise_request_exception = False
    with monkeypatch.context() as patched:
        patched.setattr(views, "write_book", fail)
        assert client.get("/book.epub").status_code == 500
    assert asked(client, "/book.epub")


@pytest.mark.one_database("a book is made of rows, whatever keeps them")
def test_head_makes_no_book_and_what_is_sent_is_not_compressed_again(client, public):
    make_article()
    with statements_asked() as queries:
        head = client.head("/book.epub")
    assert (head.status_code, head["Content-Type"]) == (200, "application/epub+zip")
    assert not [query.sql for query in queries if "content_html" in query.sql]
    response = client.get("/book.epub", headers={"Accept-Encoding": "gzip"})
    assert response["Content-Encoding"] == "identity"
    assert b"".join(response.streaming_content).startswith(b"PK")
    assert "attachment" in response["Content-Disposition"]


def tag_of(client, address: str, **headers: str) -> tuple[int, str]:
    """Status and entity tag of the answer."""
    response = client.get(address, headers={name.replace("_", "-"): value for name, value in headers.items()})
    if response.streaming:
        assert b"".join(response.streaming_content)  # which closes its file
    return response.status_code, response.headers.get("ETag", "")


def test_a_book_that_has_not_changed_is_not_made_again(client, public):
    article = make_article(content_html="<p>fog</p>")
    _, tag = tag_of(client, "/book.epub")
    assert tag
    with statements_asked() as queries:
        assert tag_of(client, "/book.epub", If_None_Match=tag) == (304, tag)
    assert len(queries) <= 4  # one asks whether rules of the site hide anything
    assert not [query.sql for query in queries if "content_html" in query.sql]
    assert client.head("/book.epub", headers={"If-None-Match": tag}).status_code == 304
    for address, language in (("/book.epub?date=2020-01", "en"), ("/book.epub?q=fog", "en"), ("/book.epub", "zh-hans")):
        status, other = tag_of(client, address, If_None_Match=tag, Accept_Language=language)
        assert (status, other != tag) == (200, True)
    make_article(article.feed)
    status, newer = tag_of(client, "/book.epub", If_None_Match=tag)
    assert status == 200
    article.delete()
    assert tag_of(client, "/book.epub", If_None_Match=newer)[0] == 200


@pytest.mark.one_database("a book is made of rows, whatever keeps them")
def test_a_book_that_lacks_a_picture_is_made_again_until_it_has_it(client, public):
    make_article(content_html='<p>fog</p><img src="https://paper.example/a.jpg" alt="">')
    assert tag_of(client, "/book.epub") == (200, "")
    keep_picture("https://paper.example/a.jpg", pictures.jpeg(40, 30))
    _, tag = tag_of(client, "/book.epub")
    assert tag_of(client, "/book.epub", If_None_Match=tag) == (304, tag)


# --- from a shell -----------------------------------------------------------------------------------------------


def run(path, *options: str) -> list[str]:
    output = StringIO()
    call_command("export_book", str(path), *options, stdout=output)
    assert faults(path.read_bytes()) == []
    return output.getvalue().splitlines()


def test_the_command_takes_the_same_views(tmp_path):
    path, category, reader = tmp_path / "a.epub", make_category("Ports"), make_reader("ann")
    article = make_article(
        make_feed(category=category), content_text="fog", published_at=datetime(2026, 5, 1, 12, tzinfo=UTC)
    )
    search_index.index([article, make_article()], {})
    ArticleState.objects.create(user=reader, article=article, starred_at=article.published_at)
    for options in (
        ("--feed", str(article.feed_id)),
        ("--feed", article.feed.url),
        ("--category", category.slug),
        ("--query", "fog"),
        ("--date", "2026-05-01"),
        ("--show", Show.STARRED, "--user", "ann"),
    ):
        assert run(path, *options)[-1].startswith("wrote 1 articles, 0 pictures")
        assert set(Book(path.read_bytes()).chapters) == names(article)
    add_note(reader, article.pk, "as the captain said")
    for extra, is_there in ((("--notes",), True), ((), False)):
        run(path, "--user", "ann", *extra)
        chapter = Book(path.read_bytes()).bytes(f"articles/{article.pk}.xhtml").decode()
        assert ("as the captain said" in chapter) is is_there
    assert run(path, "--articles", "1")[0].startswith("the list has more articles")
    assert [file.name for file in tmp_path.iterdir()] == ["a.epub"]


@pytest.mark.one_database("a book is made of rows, whatever keeps them")
@pytest.mark.parametrize(
    "options",
    [("--feed", "9"), ("--category", "x"), ("--date", "x"), ("--user", "x"), ("--show", "unread"), ("--notes",)],
)
def test_the_command_refuses_what_is_not_there(tmp_path, options):
    with pytest.raises(CommandError) as caught:
        call_command("export_book", str(tmp_path / "a.epub"), *options)
    assert caught.value.returncode == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.one_database("a book is made of rows, whatever keeps them")
def test_a_file_that_cannot_be_written_is_said_to_be(tmp_path):
    with pytest.raises(CommandError) as caught:
        call_command("export_book", str(tmp_path / "nowhere" / "a.epub"))
    assert caught.value.returncode == 1
