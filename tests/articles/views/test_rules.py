"""The pages where a reader makes rules, tries them, and takes back what they did."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest

from articles.lists.pages import Selection, unread_among
from articles.models import Article, Rule, UnjudgedArticle
from articles.rules import own, queue
from feeds.subscriptions.own import change, choose_own, keep_zone
from tests.articles.searching import make_found, make_harbours
from tests.factories import make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db
MARKS = {"marks_read": "on", "is_on": "on"}


@pytest.fixture
def ann(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


def rule_of(reader, query="harbour", **fields):
    return own.save_rule(reader, own.Draft(selection=Selection(query=query), **(fields or {"marks_read": True})))


def acted_on(reader, query="harbour", **fields):
    """A rule, and an article that it acted on."""
    rule, article = rule_of(reader, query, **fields), make_found()
    UnjudgedArticle.objects.create(article=article)
    queue.work(10)
    return rule, article


def test_a_search_becomes_a_rule_by_one_press_with_what_it_would_hit(client, ann):
    feed = make_feed(title="Press", category=make_category())
    make_found(feed)
    for _ in range(12):
        make_found(feed, text="rain")
    page = client.get(f"/?q=harbour&show=unread&feed={feed.pk}").text
    address = unescape(re.search(r'href="(/account/rules/new/[^"]*)"', page)[1])
    page = client.get(address).text
    assert 'value="harbour is:unread"' in page
    assert "Only in <strong>Press</strong>" in page
    assert "Of the last 13 articles that came to you: 1" in page
    assert "In the whole archive: 1 hit<" in page
    assert client.post(address, {"q": "harbour", "save": "1", **MARKS})["Location"] == "/account/rules/"
    rule = Rule.objects.get()
    assert (rule.text, rule.feed, rule.marks_read, rule.name) == ("harbour", feed, True, "harbour")
    assert "Never hit anything" in client.get("/account/rules/").text


def test_trying_keeps_nothing(client, ann):
    make_found()
    page = client.post("/account/rules/new/", {"q": "harbour", "name": "Ships", **MARKS}).text
    assert "Of the last 1 articles" in page
    assert 'value="Ships"' in page
    assert not Rule.objects.exists()


def test_a_rule_for_everything_says_so_before_it_is_kept(client, ann):
    make_harbours(12)
    sent = {"q": "-nowhere", "save": "1", **MARKS}
    page = client.post("/account/rules/new/", sent).text
    assert "would hit nearly everything" in page
    assert 'name="sure"' in page
    assert not Rule.objects.exists()
    assert client.post("/account/rules/new/", {**sent, "sure": "1"}).status_code == 302
    assert Rule.objects.exists()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"q": "", **MARKS}, "A rule needs a search"),
        ({"q": "!!!", **MARKS}, "A rule needs a search"),
        ({"q": "harbour"}, "choose at least one"),
        ({"q": "harbour", "label": '"'}, "no name for a label"),
        ({"q": "x" * 3000, **MARKS}, "at most 2000 characters"),
    ],
)
def test_what_makes_no_rule_is_said_and_not_kept(client, ann, sent, said):
    assert said in client.post("/account/rules/new/", {"save": "1", **sent}).text
    assert not Rule.objects.exists()


def test_what_a_query_leaves_out_is_said(client, ann):
    assert "never" in client.post("/account/rules/new/", {"q": "harbour is:never", **MARKS}).text


def test_a_rule_is_changed_and_switched_off(client, ann):
    rule = rule_of(ann)
    page = client.get(f"/account/rules/{rule.pk}/").text
    assert re.search(r'name="marks_read"[^>]* checked', page)
    client.post(f"/account/rules/{rule.pk}/", {"q": "harbour -storm", "label": "Sea", "name": "<Ships>", "save": "1"})
    rule.refresh_from_db()
    assert (rule.text, rule.label.name, rule.marks_read, rule.is_on) == ("harbour -storm", "Sea", False, False)
    page = client.get("/account/rules/").text
    assert "&lt;Ships&gt;" in page
    assert "Switched off" in page
    assert "Put the label “Sea” on" in page


def test_a_name_that_nobody_gave_follows_what_is_searched(client, ann):
    rule = rule_of(ann)
    form = client.get(f"/account/rules/{rule.pk}/").context["form"]
    assert form["name"].value() == ""
    client.post(f"/account/rules/{rule.pk}/", {"q": "storm", "name": "", "save": "1", **MARKS})
    assert Rule.objects.get().name == "storm"
    client.post(f"/account/rules/{rule.pk}/", {"q": "storm", "name": "Ships", "save": "1", **MARKS})
    assert client.get(f"/account/rules/{rule.pk}/").context["form"]["name"].value() == "Ships"


def test_a_rule_whose_category_is_gone_says_so_and_is_off(client, ann):
    category = make_category()
    selection = Selection(category=category, query="harbour")
    rule = own.save_rule(ann, own.Draft(selection=selection, marks_read=True))
    category.delete()
    assert "Off: its category is gone" in client.get("/account/rules/").text
    page = client.get(f"/account/rules/{rule.pk}/")
    assert "The category of this rule is gone" in page.text
    assert 'name="back"' not in page.text
    assert not page.context["form"]["is_on"].value()
    client.post(f"/account/rules/{rule.pk}/", {"q": "harbour", "save": "1", **MARKS})
    assert "gone" not in client.get("/account/rules/").text


def test_a_rule_is_tried_in_the_time_zone_in_which_it_will_act(client, ann):
    keep_zone(ann, "Asia/Shanghai")
    client.cookies["timezone"] = "America/New_York"
    make_found(published_at=datetime(2026, 1, 1, 20, tzinfo=UTC))
    page = client.post("/account/rules/new/", {"q": "date:2026-01-02", **MARKS}).text
    assert "Of the last 1 articles that came to you: 1" in page


def test_a_rule_is_applied_to_what_is_there_and_taken_back(client, ann):
    articles = make_harbours(3)
    rule = rule_of(ann)
    pks = [article.pk for article in articles]
    client.post(f"/account/rules/{rule.pk}/change/", {"back": "1"})
    queue.work_back(30)
    assert not unread_among(pks, ann)
    assert "It has acted on 3 articles." in client.get(f"/account/rules/{rule.pk}/").text
    page = client.post(f"/account/rules/{rule.pk}/change/", {"undo": "1"}, follow=True).text
    assert "Taken back on 3 articles." in page
    assert "It has never hit anything" in page
    assert unread_among(pks, ann) == set(pks)


def test_an_article_says_what_rules_did_and_lets_it_be_taken_back(client, ann):
    rule, article = acted_on(ann, stars=True, label="Ocean", marks_read=True)
    page = client.get(f"/articles/{article.pk}/?show=starred").text
    for said in ("Marked as read by the rule", "Starred by the rule", "Labelled “Ocean” by the rule"):
        assert f'{said} <a href="/account/rules/{rule.pk}/"><bdi>harbour</bdi></a>' in page
    action = unescape(re.search(r'action="(/articles/\d+/rules/undo/[^"]*)"', page)[1])
    assert client.post(action)["Location"].startswith(f"/articles/{article.pk}/?show=starred")
    page = client.get(f"/articles/{article.pk}/").text
    assert "by the rule" not in page
    assert "Ocean" not in page


@pytest.mark.parametrize("part", ["pane", "row"])
def test_undo_of_an_article_beside_its_list_or_in_its_row_leaves_it_there(client, ann, part):
    _rule, article = acted_on(ann, stars=True)
    address = f"/articles/{article.pk}/?show=starred&in={part}"
    text = client.get(address, headers={"HX-Request": "true"}).text
    [undoing] = re.findall(r'hx-post="([^"]*/rules/undo/[^"]*)"', text)
    answer = client.post(unescape(undoing), headers={"HX-Request": "true"}, follow=True)
    assert f"in={part}" in answer.redirect_chain[-1][0]
    assert answer.text.lstrip().startswith('<div class="opened"')
    assert "by the rule" not in answer.text
    assert (
        "hx-post"
        not in re.search(r"<form class=.deeds.*?>", client.get(f"/articles/{acted_on(ann)[1].pk}/").text, re.S)[0]
    )


def test_staff_make_a_rule_of_the_site_and_undo_it_on_an_article(client, ann):
    assert "Rules of the site" not in client.get("/account/rules/").text
    assert client.get("/account/rules/new/?site=1").status_code == 404
    boss = make_reader("boss", staff=True)
    client.force_login(boss)
    article = make_found()
    [address] = re.findall(r'href="(/account/rules/new/\?site=1)"', client.get("/account/rules/").text)
    page = client.post(address, {"q": "harbour", **MARKS})
    assert "Of the last 1 articles that came to the site: 1" in page.text
    assert not {"stars", "label", "tells"} & set(page.context["form"].fields)
    client.post(address, {"q": "harbour", "save": "1", **MARKS})
    rule = Rule.objects.get()
    assert (rule.user, rule.marks_read) == (None, True)
    client.post(f"/account/rules/{rule.pk}/change/", {"back": "1"})
    queue.work_back(30)
    rows = client.get("/account/rules/").text
    assert rows.index("Rules of the site") < rows.index(f"/account/rules/{rule.pk}/")
    client.force_login(ann)
    undo = f"/articles/{article.pk}/rules/undo/"
    page = client.get(f"/articles/{article.pk}/").text
    assert "Marked as read by the site&#x27;s rule <bdi>harbour</bdi>" in page
    assert "Undo for everybody" not in page
    assert client.post(undo, {"site": "1"}).status_code == 403
    assert client.get(f"/account/rules/{rule.pk}/").status_code == 404
    assert client.post(f"/account/rules/{rule.pk}/change/", {"undo": "1"}).status_code == 404
    client.post(undo)
    assert rule.hits.filter(is_undone=False).exists()
    client.force_login(boss)
    assert "Undo for everybody" in client.get(f"/articles/{article.pk}/").text
    client.post(undo, {"site": "1"})
    assert not rule.hits.filter(is_undone=False).exists()


@pytest.mark.parametrize(
    ("sent", "said"), [("harbour is:unread", "can&#x27;t ask what one reader"), ("", "A rule needs a search")]
)
def test_what_makes_no_rule_of_the_site_is_said(client, sent, said):
    client.force_login(make_reader("boss", staff=True))
    assert said in client.post("/account/rules/new/?site=1", {"q": sent, "save": "1", **MARKS}).text
    assert not Rule.objects.exists()


def test_deleting_a_rule_leaves_what_it_did(client, ann):
    rule, article = acted_on(ann)
    client.post(f"/account/rules/{rule.pk}/change/", {"delete": "1"})
    assert not Rule.objects.exists()
    assert not unread_among([article.pk], ann)
    assert client.post(f"/account/rules/{rule.pk}/change/", {"delete": "1"}).status_code == 404


def test_deleting_a_rule_of_the_site_takes_back_what_it_did(client, ann):
    rule, article = acted_on(None, hides=True)
    assert not unread_among([article.pk], ann)
    client.force_login(make_reader("boss", staff=True))
    page = client.post(f"/account/rules/{rule.pk}/change/", {"delete": "1"}, follow=True)
    assert "Taken back on 1 article." in page.text
    assert not Rule.objects.exists()
    assert unread_among([article.pk], ann)


def test_a_rule_of_the_site_is_not_called_by_the_title_that_one_reader_gave_a_feed(client):
    boss, other = make_reader("boss", staff=True), make_reader("other", staff=True)
    feed = make_feed(title="The Times")
    choose_own(boss)
    change(boss, feed, title="My boss's awful paper")
    client.force_login(boss)
    client.post(f"/account/rules/new/?site=1&feed={feed.pk}", {"q": "", "feed": feed.pk, "save": "1", **MARKS})
    rule = Rule.objects.get()
    assert rule.name == "The Times"
    assert own.draft_of(Rule.objects.select_related("feed").get()).name == ""
    client.force_login(other)
    assert "awful" not in client.get(f"/account/rules/{rule.pk}/").text


def test_nobody_sees_or_changes_another_s(client, ann):
    bob = make_reader("bob")
    rule, article = acted_on(bob, name="secretly", stars=True)
    for address in ("/account/rules/", f"/articles/{article.pk}/"):
        assert "secretly" not in client.get(address).text
    assert client.get(f"/account/rules/{rule.pk}/").status_code == 404
    assert client.post(f"/account/rules/{rule.pk}/", {"q": "x", "save": "1", **MARKS}).status_code == 404
    for what in ("back", "undo", "delete"):
        assert client.post(f"/account/rules/{rule.pk}/change/", {what: "1"}).status_code == 404
    client.post(f"/articles/{article.pk}/rules/undo/")
    assert rule.hits.filter(is_undone=False).count() == 1


def test_a_rule_is_made_of_no_feed_that_its_reader_may_not_see(client, ann):
    private = make_feed(is_shared=False)
    assert client.get(f"/account/rules/new/?feed={private.pk}").status_code == 404
    article = Article.objects.get(pk=make_found(private).pk)
    assert client.post(f"/articles/{article.pk}/rules/undo/").status_code == 404


def test_who_is_not_signed_in_is_offered_none(client, settings):
    settings.NEWSREADER_PUBLIC = True
    article = make_found()
    assert "rules/" not in client.get("/?q=harbour").text
    assert "rules/" not in client.get(f"/articles/{article.pk}/").text
    for address in ("/account/rules/", "/account/rules/new/", "/account/rules/1/"):
        assert client.get(address)["Location"].startswith("/sign-in/")
    assert client.post(f"/articles/{article.pk}/rules/undo/")["Location"].startswith("/sign-in/")


def test_a_form_without_its_answer_is_refused(client, ann):
    assert client.post(f"/account/rules/{rule_of(ann).pk}/change/").status_code == 400
