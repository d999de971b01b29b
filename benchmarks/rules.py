"""The cost of rules for what comes in: `python -m benchmarks.rules --articles 2000 [--database postgres://…]`.

200 rules of one reader, of all kinds of queries, against articles that came in one by one, in tens and in fifties:
processor milliseconds an article, of this process and of the one that serves it in Postgres, the least of the runs, for
the judgement alone and with all that follows from it.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import report
from benchmarks.command import options, own_site
from benchmarks.postgres_server import cost

if TYPE_CHECKING:
    from django.contrib.auth.models import User

RULES, BATCHES = 200, (1, 10, 50)
Cost = tuple[float, float]


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
            "judged_ms_an_article": {size: _told(_judged(reader, ids, size, runs), size) for size in BATCHES},
            "done_ms_an_article": {size: _told(_done(ids, size, runs), size) for size in BATCHES},
        },
        output,
    )


def _make_rules(reader: User) -> None:
    from articles.lists.selection import Selection
    from articles.rules.own import Draft, save_rule
    from benchmarks.vocabulary import CHINESE, ENGLISH
    from feeds.models import Category, Feed

    # Mostly of names and things that are seldom in the news, as people's rules are: the made-up texts have nearly all
    # words of the vocabulary each, so that of these there is one in forty.
    endings = ("ine", "ado", "ixen", "ulu")
    seldom = [f"{first}{last}" for first in ("mar", "tel", "vor", "kan", "ost") for last in endings]
    words = [ENGLISH.split()[0], *seldom, *(f"{word}s" for word in seldom)]
    runs = [CHINESE.split()[0], "芯片", "足球赛", "選舉", "房价", "电动汽车", "颱風", "裁员", "医保", "火车站"]
    feeds = list(Feed.objects.order_by("pk")[: RULES // 4])
    categories = list(Category.objects.order_by("pk"))
    for number in range(RULES):
        a, b, c = (words[(number * step + step) % len(words)] for step in (1, 7, 31))
        run, other = runs[number % len(runs)], runs[(number * 5 + 1) % len(runs)]
        host, name = feeds[number % len(feeds)].host, categories[number % len(categories)].name
        kinds = (
            *(a, f'"{a} {b}"', f"title:{a}", f"{a} -{b}", f"({a} OR {b}) {c}", f"author:{a}", f"{a} lang:en", run),
            *(f"{run} OR {other}", f"title:{run}", f"feed:{host}", f"feed:{host} -{a} -{b}", f'category:"{name}" {a}'),
            *(f"{a} after:30d", f"{b} is:unread", f"is:unread feed:{host} {a}", f"label:later {a}", f"has:video {a}"),
            *(f"importance:high {a}", f"-is:starred {run} {a}"),
        )
        query = kinds[number % len(kinds)]
        save_rule(reader, Draft(selection=Selection(query=query), marks_read=number % 2 == 0, stars=True))


def _judged(reader: User, ids: list[int], size: int, runs: int) -> list[Cost]:
    from articles.rules.at_work import rules_at_work
    from articles.rules.judge import Arrivals, hits_among

    def judge(some: list[int]) -> None:
        arrivals = Arrivals(some)
        rules = rules_at_work(arrivals.mark)
        for _owner, likely in rules.likely(arrivals.texts):
            hits_among(likely, reader, arrivals)

    return [cost(partial(judge, some)) for some in _batches(ids, size, runs)]


def _done(ids: list[int], size: int, runs: int) -> list[Cost]:
    from articles.models import UnjudgedArticle
    from articles.rules.queue import work

    took = []
    for some in _batches(ids, size, runs):
        UnjudgedArticle.objects.bulk_create([UnjudgedArticle(article_id=pk) for pk in some])
        took.append(cost(partial(work, 600)))
    return took


def _batches(ids: list[int], size: int, runs: int) -> list[list[int]]:
    return [ids[start : start + size] for start in range(0, min(len(ids), runs * size), size)]


def _told(costs: list[Cost], size: int) -> dict[str, float]:
    return {
        "least": report.milliseconds(min(map(sum, costs)) / size),
        **{
            f"least_{name}": report.milliseconds(min(took[at] for took in costs) / size)
            for at, name in enumerate(("here", "server"))
        },
    }


if __name__ == "__main__":
    main()
