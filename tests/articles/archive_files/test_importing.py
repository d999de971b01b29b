"""Archives into the database: what comes in, what is known already, and what is refused."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime

import pytest

from articles.archive_files import importing
from articles.archive_files.importing import import_folder
from articles.compression import decompressed
from articles.ingest import store
from articles.models import Article, ArticleSource, Tombstone
from feeds.models import Feed, FormerAddress
from tests.article_files import counts, newer_form, older_form, run, subscriptions, write
from tests.factories import make_article, make_feed

pytestmark = pytest.mark.django_db

RSS = "https://paper.example/rss"


def test_all_layouts_come_in_with_everything_that_their_files_say(tmp_path):
    write(
        tmp_path,
        {
            "_posts/2026-01-01-a.md": newer_form(link="https://paper.example/a", source="The Paper"),
            "archived/2026-01-01/2026-01-01-b.md": newer_form(link="https://paper.example/b", source="The Paper"),
            "archived/quay.example/c.md": "---\ntitle: C\nfrom: https://quay.example/c\ntags: [ Quay ]\n---\n<p>c</p>",
            "articles/港口/1039976_d.md": older_form(title="[[生活] 港口](開)", link="https://port.example/d"),
            "somewhere/else/e.md": older_form(title="", link="https://www.port.example/e", html="<p>First words.</p>"),
            "README.md": "# An index",
            "notes.txt": "nothing",
            "picture.md.png": b"\x89PNG",
        },
    )
    assert counts(import_folder(tmp_path)) == (5, 0, 0, 0)
    found = Article.objects.order_by("url").values_list("feed__title", "title", "url", "guid")
    assert list(found) == [
        ("The Paper", "Harbour reopens", "https://paper.example/a", "https://paper.example/a"),
        ("The Paper", "Harbour reopens", "https://paper.example/b", "https://paper.example/b"),
        ("港口", "[[生活] 港口](開)", "https://port.example/d", "https://port.example/d"),
        ("Quay", "C", "https://quay.example/c", "https://quay.example/c"),
        ("port.example", "", "https://www.port.example/e", "https://www.port.example/e"),
    ]
    article = Article.objects.get(url="https://paper.example/a")
    assert (article.author, article.published_at) == ("M. Reed", datetime(2026, 1, 1, 9, tzinfo=UTC))
    assert article.content_text == "Ships are back."
    assert decompressed(ArticleSource.objects.get(article=article).html_zlib) == "<p>Ships are back.</p>"
    assert Feed.objects.get(title="The Paper").article_count == 2
    assert Article.objects.get(url="https://www.port.example/e").name == "First words."


def test_relative_addresses_are_relative_to_the_link_and_nothing_active_is_stored(tmp_path):
    write(tmp_path, {"a.md": newer_form(html='<p><a href="/more">more</a><script>x()</script></p>')})
    import_folder(tmp_path)
    html = Article.objects.get().content_html
    assert 'href="https://paper.example/more"' in html
    assert "script" not in html


def test_a_second_run_changes_nothing(tmp_path):
    write(tmp_path, {f"archived/{n}.md": newer_form(link=f"https://paper.example/{n}") for n in range(3)})
    assert counts(import_folder(tmp_path)) == (3, 0, 0, 0)
    before = list(Article.objects.order_by("pk").values()), list(Feed.objects.values())
    assert counts(import_folder(tmp_path)) == (0, 3, 0, 0)
    assert (list(Article.objects.order_by("pk").values()), list(Feed.objects.values())) == before


def test_only_what_is_new_comes_in_later_and_a_moved_file_is_known(tmp_path):
    write(tmp_path, {"_posts/a.md": newer_form(link="https://paper.example/a")})
    import_folder(tmp_path)
    write(tmp_path, {"_posts/b.md": newer_form(link="https://paper.example/b")})
    (tmp_path / "archived").mkdir()
    (tmp_path / "_posts/a.md").rename(tmp_path / "archived/a.md")
    assert counts(import_folder(tmp_path)) == (1, 1, 0, 0)
    assert Feed.objects.get().article_count == 2


def test_the_form_with_front_matter_wins_and_the_other_is_named_as_its_duplicate(tmp_path):
    write(
        tmp_path,
        {
            "archive/articles/The Paper/1_x.md": older_form(title="Old form"),
            "archive/later/x.md": newer_form(title="New form"),
        },
    )
    report = import_folder(tmp_path)
    article = Article.objects.get()
    assert counts(report) == (1, 0, 1, 0)
    assert article.title == "New form"
    (finding,) = report.duplicates
    assert finding.name == "archive/articles/The Paper/1_x.md"
    assert finding.reason == f"https://paper.example/harbour is there already: article {article.pk}, New form"


def test_counts_stay_the_same_in_the_second_run_with_copies_and_duplicates(tmp_path):
    same = newer_form(link="https://paper.example/same")
    write(
        tmp_path,
        {
            "_posts/same.md": same,
            "archived/same.md": same,
            "archived/one.md": newer_form(title="One"),
            "archived/two.md": newer_form(title="Two"),
        },
    )
    assert counts(import_folder(tmp_path)) == (2, 0, 2, 0)
    assert counts(import_folder(tmp_path)) == (0, 2, 2, 0)


def test_duplicates_are_found_across_batches(tmp_path, monkeypatch):
    monkeypatch.setattr(importing, "BATCH_FILES", 2)
    write(tmp_path, {f"{n}.md": newer_form(link=f"https://paper.example/{n % 3}", title=str(n)) for n in range(9)})
    report = import_folder(tmp_path)
    assert counts(report) == (3, 0, 6, 0)
    assert all("article " in finding.reason for finding in report.duplicates)


def test_the_same_link_under_two_sources_is_two_articles(tmp_path):
    write(tmp_path, {"a.md": newer_form(source="One"), "b.md": newer_form(source="Two")})
    write(tmp_path, {"articles/Three/1.md": older_form(), "articles/Four/1.md": older_form()})
    assert counts(import_folder(tmp_path)) == (4, 0, 0, 0)
    assert Feed.objects.count() == 4


def test_a_polled_article_is_known_by_its_guid_and_by_its_address(tmp_path):
    feed = make_feed(url=RSS)
    make_article(feed, guid="https://paper.example/a", url="https://paper.example/a?ref=rss")
    make_article(feed, guid="tag:paper.example:b", url="https://paper.example/b")
    write(tmp_path, {"subs.json": subscriptions(The_Paper=RSS)})
    write(tmp_path, {f"{n}.md": newer_form(link=f"https://paper.example/{n}") for n in "abc"})
    assert counts(import_folder(tmp_path)) == (1, 0, 2, 0)
    assert Feed.objects.get().article_count == 3


def test_files_without_a_link_are_told_apart_by_their_text(tmp_path):
    write(tmp_path, {f"articles/P/{n}_.md": older_form(title="", link="", html=f"<p>{n // 2}</p>") for n in range(4)})
    assert counts(import_folder(tmp_path)) == (2, 0, 2, 0)


def test_an_article_that_an_operator_deleted_does_not_come_back(tmp_path):
    write(tmp_path, {"a.md": newer_form()})
    import_folder(tmp_path)
    store.delete_articles([Article.objects.get().pk])
    assert counts(import_folder(tmp_path)) == (0, 1, 0, 0)
    write(tmp_path, {"a.md": newer_form(html="<p>Another text.</p>")})
    report = import_folder(tmp_path)
    assert counts(report) == (0, 0, 1, 0)
    assert report.duplicates[0].reason == "https://paper.example/harbour was there, and an operator deleted it"


# --- feeds ------------------------------------------------------------------------------------------------------


def test_a_source_is_polled_where_subs_json_has_its_address_and_paused_otherwise(tmp_path):
    write(tmp_path, {"subs.json": subscriptions(The_Paper=RSS)})
    write(tmp_path, {"a.md": newer_form(source="The Paper"), "b.md": newer_form(source="Bay 100% News")})
    import_folder(tmp_path)
    paper, other = Feed.objects.get(title="The Paper"), Feed.objects.get(title="Bay 100% News")
    assert (paper.url, paper.state, paper.host, paper.name) == (RSS, "active", "paper.example", "The Paper")
    assert (other.url, other.state, other.host) == ("archive:Bay%20100%25%20News", "paused", "")


def test_subs_json_counts_for_the_folder_it_is_in(tmp_path):
    write(tmp_path, {"one/subs.json": subscriptions(One=RSS, Two="https://two.example/rss")})
    write(tmp_path, {"one/archived/a.md": newer_form(source="One"), "two/b.md": newer_form(source="Two")})
    import_folder(tmp_path)
    assert set(Feed.objects.values_list("title", "state")) == {("One", "active"), ("Two", "paused")}


def test_of_a_site_that_is_listed_twice_the_first_counts_and_a_note_says_so(tmp_path):
    listed = [{"site": "P", "url": RSS}, {"site": "P", "url": "https://b.example/"}, {"site": "P"}, "x", {"url": 1}]
    listed.append({"site": "Q", "url": "file:///etc/passwd"})
    write(tmp_path, {"subs.json": json.dumps(listed), "a.md": newer_form(source="P"), "b.md": newer_form(source="Q")})
    report = import_folder(tmp_path)
    assert set(Feed.objects.values_list("url", flat=True)) == {RSS, "archive:Q"}
    assert report.notes[0] == f"subs.json lists P twice; {RSS} counts."
    assert len(report.notes) == 5


@pytest.mark.parametrize("content", ["", "{", '{"site": "The Paper"}', "null", "[" * 100_000, b"\xff\xff"])
def test_a_broken_subs_json_does_not_stop_the_import(tmp_path, content):
    write(tmp_path, {"subs.json": content, "a.md": newer_form()})
    assert counts(import_folder(tmp_path)) == (1, 0, 0, 0)


def test_a_feed_with_that_address_is_used_as_it_is(tmp_path):
    feed = make_feed(url=RSS, title="Mine", state=Feed.State.PAUSED)
    write(tmp_path, {"subs.json": subscriptions(The_Paper=RSS), "a.md": newer_form()})
    import_folder(tmp_path)
    assert Article.objects.get().feed == feed
    assert Feed.objects.get().state == "paused"


def test_a_feed_that_moved_away_from_that_address_is_used(tmp_path):
    feed = make_feed(url="https://paper.example/moved")
    FormerAddress.objects.create(url=RSS, feed=feed)
    write(tmp_path, {"subs.json": subscriptions(The_Paper=RSS), "a.md": newer_form()})
    import_folder(tmp_path)
    assert Article.objects.get().feed == Feed.objects.get() == feed


def test_two_sites_with_one_address_are_one_feed(tmp_path):
    write(tmp_path, {"subs.json": subscriptions(One=RSS, Two=RSS)})
    write(tmp_path, {"a.md": newer_form(source="One"), "b.md": newer_form(source="Two")})
    assert counts(import_folder(tmp_path)) == (1, 0, 1, 0)
    assert Feed.objects.get().url == RSS


def test_a_feed_that_got_another_address_and_name_is_found_again(tmp_path):
    write(tmp_path, {"a.md": newer_form()})
    import_folder(tmp_path)
    Feed.objects.update(url="https://moved.example/rss", title="New name", state="active")
    write(tmp_path, {"b.md": newer_form(link="https://paper.example/b")})
    assert counts(import_folder(tmp_path)) == (1, 1, 0, 0)
    assert Feed.objects.get().article_count == 2


def test_a_paused_source_is_polled_once_subs_json_has_its_address(tmp_path):
    write(tmp_path, {"a.md": newer_form()})
    import_folder(tmp_path)
    write(tmp_path, {"subs.json": subscriptions(The_Paper=RSS)})
    assert counts(import_folder(tmp_path)) == (0, 1, 0, 0)
    feed = Feed.objects.get()
    assert (feed.url, feed.state, feed.host) == (RSS, "active", "paper.example")


def test_a_file_of_newsreader_brings_its_guid_feed_category_and_dates(tmp_path):
    more = f'guid: "tag:a"\nfeed: {RSS}\ncategory: "News / Asia"\nupdated: 2026-01-02T09:00:00Z\nlanguage: zh-Hant\n'
    write(tmp_path, {"a.md": newer_form(more=more), "b.md": newer_form(more=more.replace("tag:a", "tag:b"))})
    assert counts(import_folder(tmp_path)) == (2, 0, 0, 0)
    assert counts(import_folder(tmp_path)) == (0, 2, 0, 0)
    article = Article.objects.get(guid="tag:a")
    assert article.updated_at == datetime(2026, 1, 2, 9, tzinfo=UTC)
    assert article.url == "https://paper.example/harbour"
    category = article.feed.category
    assert category is not None
    assert category.parent is not None
    assert (category.parent.name, category.name) == ("News", "Asia")
    assert (article.feed.url, article.feed.state) == (RSS, "paused")


# --- what can't come in -----------------------------------------------------------------------------------------


def test_refused_files_are_named_with_the_reason(tmp_path):
    write(
        tmp_path,
        {
            "b-empty.md": "",
            "c-latin.md": b"<p>caf\xe9 d\xe9j\xe0</p>",
            "d-guide.md": "# How to contribute",
            "e-large.md": b"<p>" + b"a" * (20 * 1024 * 1024),
            "f-fine.md": newer_form(),
        },
    )
    os.mkfifo(tmp_path / "a-pipe.md")
    report = import_folder(tmp_path)
    assert counts(report) == (1, 0, 0, 5)
    assert [(finding.name, finding.reason) for finding in report.refusals] == [
        ("a-pipe.md", "not a regular file"),
        ("b-empty.md", "empty: no link, no title and no text"),
        ("c-latin.md", "neither UTF-8 nor GB18030"),
        ("d-guide.md", "no article: it has neither front matter, time stamp, link line nor HTML"),
        ("e-large.md", "larger than 20 MB"),
    ]


def test_what_lies_deeper_than_anybody_goes_is_told(tmp_path):
    write(tmp_path, {"d/" * 31 + "a.md": newer_form(), "d/" * 900 + "b.md": newer_form(link="https://paper.example/b")})
    report = import_folder(tmp_path)
    assert [finding.reason for finding in report.refusals] == ["more than 32 folders deep"]
    assert report.imported == 1


def test_links_out_of_the_folder_are_not_followed(tmp_path):
    outside = write(tmp_path / "outside", {"a.md": newer_form(link="https://paper.example/secret")})
    inside = write(tmp_path / "inside", {"b.md": newer_form(), "sub/c.md": newer_form(source="Sub")})
    (inside / "file.md").symlink_to(outside / "a.md")
    (inside / "folder").symlink_to(outside)
    (inside / "loop").symlink_to(inside)
    (inside / "own.md").symlink_to(inside / "b.md")
    (inside / "broken.md").symlink_to(inside / "gone.md")
    report = import_folder(inside)
    assert counts(report) == (2, 0, 1, 2)
    assert [(finding.name, finding.reason) for finding in report.refusals] == [
        ("broken.md", "not a regular file"),
        ("file.md", "a link to a file outside of the folder"),
    ]
    assert len(report.notes) == 2
    assert not Article.objects.filter(url__contains="secret").exists()


def test_hidden_files_and_folders_are_no_article_files(tmp_path):
    write(tmp_path, {".git/a.md": newer_form(), "._a.md": b"\0\5\x16\7", "__b.md": newer_form(), "ReadMe.MD": "x"})
    assert counts(import_folder(tmp_path)) == (1, 0, 0, 0)


def test_a_name_that_is_no_text_is_shown_all_the_same(tmp_path):
    name = os.fsdecode(b"articles/\xff\xfe/\xe9\n.md")
    write(tmp_path, {name: older_form().encode() + b"\xff\xff" * 50})
    lines, code = run(tmp_path)
    assert lines[-1] == "imported 0, unchanged 0, duplicate 0, refused 1"
    assert code == 1
    write(tmp_path, {name: older_form()})
    assert run(tmp_path)[0] == ["imported 1, unchanged 0, duplicate 0, refused 0"]
    assert Feed.objects.get().title == "\ufffd\ufffd"


def test_text_that_is_longer_than_its_column_comes_in(tmp_path):
    write(
        tmp_path,
        {
            "a.md": newer_form(title="t" * 5000, author="a" * 5000, link="https://paper.example/" + "l" * 3000),
            "b.md": newer_form(source="s" * 5000, link="https://paper.example/" + "l" * 9000),
        },
    )
    assert counts(import_folder(tmp_path)) == (2, 0, 0, 0)
    assert counts(import_folder(tmp_path)) == (0, 2, 0, 0)
    assert Article.objects.filter(url="").count() == 1


def test_an_article_is_known_by_its_guid_and_address_in_another_scheme(tmp_path):
    feed = make_feed(url=RSS.replace("https", "http"))
    make_article(feed, guid="http://paper.example/a", url="http://paper.example/a")
    make_article(feed, guid="tag:paper.example:b", url="http://paper.example/b")
    make_article(feed, guid="http://paper.example/?p=c", url="https://paper.example/c")
    Tombstone.objects.create(feed=feed, guid="http://paper.example/e")
    write(tmp_path, {"subs.json": subscriptions(The_Paper=RSS)})
    write(tmp_path, {f"{n}.md": newer_form(link=f"https://paper.example/{n}") for n in "abde"})
    ours = f'guid: "https://paper.example/?p=c"\nfeed: {RSS}\n'
    write(tmp_path, {"ours.md": newer_form(more=ours, link="https://paper.example/new")})
    assert counts(import_folder(tmp_path)) == (1, 0, 4, 0)
    assert Feed.objects.get().article_count == 4


def test_two_articles_of_an_archive_that_differ_in_the_scheme_alone_are_two(tmp_path, monkeypatch):
    monkeypatch.setattr(importing, "BATCH_FILES", 1)
    for scheme in ("http", "https"):
        ours = f'guid: "{scheme}://paper.example/?p=1"\nfeed: {RSS}\n'
        write(tmp_path, {f"{scheme}.md": newer_form(more=ours, title=scheme)})
    assert counts(import_folder(tmp_path)) == (2, 0, 0, 0)
    assert counts(import_folder(tmp_path)) == (0, 2, 0, 0)
