"""The page where staff bring OPML in, and the file that goes out."""

from __future__ import annotations

import re
from functools import partial
from html import unescape

import pytest

from feeds import forms
from feeds.models import Category, Feed
from feeds.subscribe import outlines
from tests.factories import make_feed
from tests.feeds.views.opml import EXPORT, IMPORT, OPML, upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]


def test_an_import_says_what_became_of_each_feed(operator):
    make_feed(url="https://herald.example/rss", title="Herald")
    page = upload(operator, OPML)
    text = page.content.decode()
    assert "Added: 1. Already subscribed: 1. Not imported: 1." in text
    assert "file:///etc/passwd" in text
    assert Feed.objects.get(url="https://gazette.example/rss").category == Category.objects.get(name="亚洲")
    assert Category.objects.get(name="亚洲").parent == Category.objects.get(name="News")


@pytest.mark.parametrize(
    ("attribute", "is_said"),
    [
        ('frss:filtersActionRead="intitle:ads&#10;rain"', True),
        ('frss:filtersActionRead=""', False),
        ('blocklistRules="(?i)ads"', True),
        ('frss:priority="hidden"', False),
    ],
)
def test_an_import_says_that_filters_of_other_readers_were_not_taken_over(operator, attribute, is_said):
    outline = f'<outline type="rss" text="A" xmlUrl="https://a.example/rss" {attribute}/>'
    document = f'<opml xmlns:frss="https://freshrss.org/opml"><body>{outline}</body></opml>'
    page = upload(operator, document).text
    assert ("1 feed had filters of another reader" in page) is is_said


def test_an_import_begins_a_rule_of_each_filter_that_a_search_has_words_for(operator):
    rules = "EntryTitle=~(?i)ads|sponsored&#10;EntryTag=~x"
    filters = f'frss:filtersActionRead="intitle:ads -rain&#10;#tag" blockFilterEntryRules="{rules}"'
    outline = f'<outline type="rss" text="A" xmlUrl="https://a.example/rss" {filters}/>'
    page = upload(operator, f'<opml xmlns:frss="https://freshrss.org/opml"><body>{outline}</body></opml>').text
    addresses = [unescape(each) for each in re.findall(r'href="(/account/rules/new/[^"]*)"', page)]
    drafts = [operator.get(address).context for address in addresses]
    feed = Feed.objects.get()
    assert [(each["form"]["q"].value(), each["place"]) for each in drafts] == [
        ("title:ads -rain", feed),
        ('(title:"ads" OR title:"sponsored")', feed),
    ]
    done = [(each["form"]["marks_read"].value(), each["form"]["hides"].value()) for each in drafts]
    assert done == [(True, False), (False, True)]
    assert page.count("No search says this.") == 2
    assert '<td class="address">#tag</td>' in page


def test_an_import_of_the_same_file_adds_nothing(operator):
    upload(operator, OPML)
    feeds = set(Feed.objects.values_list("pk", flat=True))
    assert "Added: 0. Already subscribed: 2. Not imported: 1." in upload(operator, OPML).content.decode()
    assert set(Feed.objects.values_list("pk", flat=True)) == feeds


def test_a_page_tells_of_five_hundred_outlines_and_counts_them_all(operator):
    text = upload(operator, "<opml><body>" + "<outline type='rss' text='none'/>" * 501 + "</body></opml>").text
    assert "Added: 0. Already subscribed: 0. Not imported: 501." in text
    assert text.count("The outline has no feed") == 500
    assert "The first 500 are shown." in text


def test_a_full_disk_is_told(operator, monkeypatch):
    full = partial(open, "/dev/full", "wb", buffering=0)
    monkeypatch.setattr("django.core.files.uploadedfile.tempfile.NamedTemporaryFile", lambda **options: full())
    response = upload(operator, "<opml><body/></opml>")
    assert response.status_code == 400
    assert "The disk is full." in response.text
    assert "This form can&#x27;t be read" in response.text


def test_more_feeds_come_in_at_once_than_one_write_takes(operator):
    count = outlines.BATCH + 100
    rows = "".join(f'<outline type="rss" text="Feed {n}" xmlUrl="https://h{n}.example/rss"/>' for n in range(count))
    text = upload(operator, f'<opml version="2.0"><body>{rows}</body></opml>').content.decode()
    assert f"Added: {count}. Already subscribed: 0. Not imported: 0." in text
    assert Feed.objects.count() == count


@pytest.mark.one_database("a list is read before anything is stored")
@pytest.mark.parametrize(
    "content",
    [
        b"", b"\x00\xff\xfe nonsense", b"<html><body>a page</body></html>",
        b'<!DOCTYPE o [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><html>&b;</html>',
        b'<!DOCTYPE o [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss>&x;</rss>', b'{"version": 1}', b"PK\x03\x04" * 99,
    ],
)  # fmt: skip
def test_a_file_that_is_no_opml_is_refused_at_the_field(operator, content):
    page = upload(operator, content)
    assert page.status_code == 200
    assert page.context["form"].errors["file"]
    assert not Feed.objects.exists()
    assert "root:" not in page.content.decode()


def test_a_file_without_feeds_is_said_to_name_none(operator):
    assert "The file names no feeds." in upload(operator, b"<opml><body><outline").content.decode()


def test_a_form_without_a_file_is_refused_at_the_field(operator):
    assert operator.post(IMPORT).context["form"].errors["file"]


@pytest.mark.one_database("a list is read before anything is stored")
def test_a_file_over_the_limit_is_refused_and_says_the_limit(operator, monkeypatch):
    monkeypatch.setattr(forms.OpmlForm.base_fields["file"], "max_bytes", 1000)
    page = upload(operator, OPML + " " * 2000)
    assert "the limit is 1000" in page.context["form"].errors["file"][0]
    assert not Feed.objects.exists()


@pytest.mark.one_database("a list is read before anything is stored")
def test_markup_in_an_opml_file_is_shown_as_text(operator):
    hostile = OPML.replace("Local file", "&lt;script&gt;alert(1)&lt;/script&gt;")
    assert "<script>alert" not in upload(operator, hostile).content.decode()


def test_the_export_is_a_file_that_can_be_imported_again(operator):
    upload(operator, OPML)
    response = operator.get(EXPORT)
    assert response.headers["Content-Disposition"].startswith('attachment; filename="newsreader-')
    assert response.headers["Content-Type"].startswith("text/x-opml")
    Feed.objects.all().delete()
    Category.objects.filter(parent__isnull=False).delete()
    Category.objects.all().delete()
    assert "Added: 2. Already subscribed: 0. Not imported: 0." in upload(operator, response.content).content.decode()
    assert Category.objects.get(name="亚洲").parent == Category.objects.get(name="News")
