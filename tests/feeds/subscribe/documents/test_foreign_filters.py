"""Filters of other readers in the words of our searches."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.search.query.syntax import Words, as_read, parse
from articles.search.query.tree import And
from feeds.subscribe.documents.foreign_filters import filters_in


@pytest.mark.parametrize(
    ("line", "query"),
    [
        ("ads", "ads"),
        ("intitle:ads author:Li -inurl:shop", "title:ads author:Li -url:shop"),
        ("intitle:'big sale' OR \"for sale\"", 'title:"big sale" OR "for sale"'),
        ("!(rain OR snow) storm", "-(rain OR snow) storm"),
        ("intitle:广告", "title:广告"),
        ("rain or snow Or hail", "rain OR snow OR hail"),
        ('"rain or snow" storm', '"rain or snow" storm'),
        ("rain AND snow", 'rain "AND" snow'),
        ("intitle:NOT", 'title:"NOT"'),
        ("NOT", '"NOT"'),
        ("not", "not"),
        ("－ads ！ads", '"－ads" "！ads"'),
        ("--ads", '-"-ads"'),
        ("（ads） title：ads", '"（ads）" "title：ads"'),
        ("c++ rain-coat", "c++ rain-coat"),
        ("-or", ""),
        ("intitle:or", ""),
        ("intitle:'rain or snow'", ""),
        ("either-or", ""),
        ("rain OR", ""),
        ("or rain", ""),
        ("(rain or) snow", ""),
        ("()", ""),
        ("(rain", ""),
        ("title：", ""),
        ('"title: "', ""),
        ("(" * 30 + "rain" + ")" * 30, ""),
        ("rain)", ""),
        ("！", ""),
        ('" "', ""),
        ('"the “best” ads"', ""),
        ("#tag", ""),
        ("intitle:/ads/i", ""),
        ("ads date:2021", ""),
        ("labels:x ads", ""),
        ("author:Li;Wang", ""),
        ("a\\ b", ""),
        ('"unclosed', ""),
        ("x" * 600, ""),
    ],
)
def test_a_search_of_freshrss_is_said_or_left(line, query):
    [found] = filters_in({"{https://freshrss.org/opml}filtersActionRead": line})
    assert (found.text, found.query, found.does) == (line, query, "read")
    assert not parse(query).notes
    assert bool(parse(query).tree) == bool(query)


def test_what_freshrss_does_not_take_for_an_operator_is_a_word():
    for line in ("NOT", "AND", "－ads", "！ads", "（ads）"):
        [found] = filters_in({"filtersActionRead": f"{line} rain"})
        assert parse(found.query).tree == And((Words(as_read(line)), Words("rain")))


@pytest.mark.parametrize(
    ("line", "query"),
    [
        ("EntryTitle=~(?i)ads", 'title:"ads"'),
        (r"EntryTitle=~(?i)\b(ads|big sale)\b", '(title:"ads" OR title:"big sale")'),
        ("EntryAuthor =~ (?i)Li Wei", 'author:"Li Wei"'),
        ("EntryURL=~(?i)shop", 'url:"shop"'),
        ("EntryTitle=~Ads", ""),  # capitals count there
        ("EntryTitle=~(?i)ad.*s", ""),
        ("EntryTitle=~(?i)(ads", ""),
        ("EntryTitle=~(?i)ads|", ""),
        ("EntryContent=~(?i)ads", ""),
        ("EntryTag=~(?i)ads", ""),
        ("max-age:7d", ""),
    ],
)
def test_a_rule_of_miniflux_is_said_or_left(line, query):
    [found] = filters_in({"blockFilterEntryRules": line})
    assert (found.query, found.does) == (query, "hide")
    assert not parse(query).notes
    [kept] = filters_in({"keepFilterEntryRules": f"{line}\nEntryTitle=~(?i)rain"})
    assert kept.query == (f'-({query} OR title:"rain")' if query else "")


def test_older_rules_of_miniflux_are_left_and_what_is_no_filter_is_none():
    assert [each.query for each in filters_in({"blocklistRules": "(?i)ads", "keeplistRules": "(?i)x"})] == ["", ""]
    assert filters_in({"filtersActionRead": " \n", "blocklistRules": "", "frss:priority": "x"}) == ()


@given(st.text(alphabet="ab:-!()\"'/ORintle \n雨=~?|\\", max_size=80))
def test_whatever_stands_there_is_read(text):
    names = ("filtersActionRead", "blockFilterEntryRules", "keepFilterEntryRules", "blocklistRules")
    for each in filters_in(dict.fromkeys(names, text)):
        assert bool(parse(each.query).tree) == bool(each.query)
        assert not parse(each.query).notes
