"""robots.txt, as RFC 9309 has it."""

import pytest

from articles.full_text.robots import allows, rules_of

GROUPS = """
User-agent: otherbot
User-agent: Newsreader/2
Disallow: /private # not for us
Allow: /private/open
Disallow: /*?print=
Disallow: /*.pdf$

User-agent: *
Disallow: /
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", True),
        ("/private/x", False),
        ("/private/open/x", True),
        ("/%70rivate/x", False),
        ("/story?print=1", False),
        ("/story?page=2", True),
        ("/paper.pdf", False),
        ("/paper.pdf.html", True),
    ],
)
def test_the_longest_rule_of_our_own_group_counts(path, expected):
    assert allows(rules_of(GROUPS), f"https://harbour.example{path}") is expected


def test_without_a_group_of_our_own_the_one_for_all_counts():
    text = "User-agent: x\nAllow: /\n\nUser-agent: *\nDisallow: /a\n"
    assert not allows(rules_of(text), "https://harbour.example/a")
    assert allows(rules_of(text), "https://harbour.example/b")


@pytest.mark.parametrize("text", ["", "<html>not found</html>", "User-agent: *\nDisallow:\n", "Disallow: /\n"])
def test_what_says_nothing_forbids_nothing(text):
    assert allows(rules_of(text), "https://harbour.example/a")


def test_stars_stand_for_anything_in_their_order():
    rules = rules_of("User-agent: *\nDisallow: /a*b*c$\n")
    assert not allows(rules, "https://harbour.example/axxbxxc")
    assert allows(rules, "https://harbour.example/axxcxxb")
    assert allows(rules, "https://harbour.example/ab")
