"""The cost of rules for what comes in: `python -m benchmarks.rules --articles 2000 [--database postgres://…]`.

200 rules of one reader, of all kinds of queries, against articles that came in one by one, in tens and in fifties:
processor milliseconds an article, the least of the runs, for the judgement alone and with all that follows from it.
"""

from __future__ import annotations

from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

from benchmarks import report
from benchmarks.command import options, own_site

if TYPE_CHECKING:
    from django.contrib.auth.models import User

RULES, BATCHES = 200, (1, 10, 50)


def main() -> None:
    parser = options(__doc__, "a few hundred articles")
    parser.add_argument("--articles", type=int, default=2_000, help="made where the database is empty")
    parser.add_argument("--runs", type=int, default=20)
    arguments = parser.parse_args()
    n_articles, runs = (200, 2) if arguments.small else (arguments.articles, arguments.runs)
    with own_site(arguments.database):
        _run(n_articles, runs, arguments.output)


def _run(n_articles: int, runs: int, output: Path | None) -> None:
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connection

    from articles.models import Article
    from articles.search.index import reindex
    from benchmarks import generated

    call_command("migrate", verbosity=0, skip_checks=True)
    if not Article.objects.exists():
        generated.fill(n_articles)
        sum(reindex())
    User.objects.filter(username="ruler").delete()
    reader = User.objects.create_user("ruler")
    _make_rules(reader)
    generated.settle()
    ids = list(Article.objects.order_by("-pk").values_list("pk", flat=True)[: runs * BATCHES[-1]])
    report.write(
        "rules",
        {
            "database": connection.vendor,
            "rules": RULES,
            "judged_ms_an_article": {size: _judged(reader, ids, size, runs) for size in BATCHES},
            "done_ms_an_article": {size: _done(ids, size, runs) for size in BATCHES},
        },
        output,
    )


def _make_rules(reader: User) -> None:
    from articles.lists.selection import Selection
    from articles.rules.own import Draft, save_rule
    from benchmarks.vocabulary import ENGLISH

    words = sorted(set(ENGLISH.split()))
    kinds = (
        "{0}",
        '"{0} {1}"',
        "title:{0}",
        "{0} -{1}",
        "({0} OR {1}) {2}",
        "author:{0}",
        "{0} lang:en",
        "{0} is:unread",
    )
    for number in range(RULES):
        some = [words[(number * step + step) % len(words)] for step in (1, 7, 31)]
        query = kinds[number % len(kinds)].format(*some)
        save_rule(reader, Draft(selection=Selection(query=query), marks_read=number % 2 == 0, stars=True))


def _judged(reader: User, ids: list[int], size: int, runs: int) -> float:
    from django.utils import timezone

    from articles.models import Rule
    from articles.rules.judge import hits_among, texts_of, understood

    def judge(some: list[int]) -> None:
        rules = list(Rule.objects.filter(user=reader))
        texts = texts_of(some, rules)
        hits_among(understood(rules, reader, timezone.localtime()), reader, texts)

    return min(_took(lambda some=some: judge(some)) for some in _batches(ids, size, runs)) / size


def _done(ids: list[int], size: int, runs: int) -> float:
    from articles.models import UnjudgedArticle
    from articles.rules.queue import work

    took = []
    for some in _batches(ids, size, runs):
        UnjudgedArticle.objects.bulk_create([UnjudgedArticle(article_id=pk) for pk in some])
        took.append(_took(lambda: work(600)))
    return min(took) / size


def _batches(ids: list[int], size: int, runs: int) -> list[list[int]]:
    return [ids[start : start + size] for start in range(0, min(len(ids), runs * size), size)]


def _took(act: object) -> float:
    assert callable(act)
    began = process_time()
    act()
    return report.milliseconds(process_time() - began)


if __name__ == "__main__":
    main()
