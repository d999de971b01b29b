"""The cost of whole articles: `python -m benchmarks.full_text --waiting 10000 [--database postgres://…]`.

Pages read in a CPU second: English ones, each with an article of 20 paragraphs among menus, comments and headlines, and
Chinese, Japanese and Korean layouts. The queue with so many articles waiting: what it takes to claim a hundred of them.
Articles fetched from a publisher on loopback, read, sanitized, stored and indexed in a CPU second of all processes (the
publisher is in it). Memory: the most that this process and one that reads pages have used.
"""

from __future__ import annotations

import os
import random
import resource
from pathlib import Path
from statistics import mean
from time import process_time
from typing import TYPE_CHECKING, Any

from benchmarks import report
from benchmarks.command import options, own_site
from benchmarks.vocabulary import ENGLISH

if TYPE_CHECKING:
    from articles.models import Article

URL = "https://news.example/2026/05/06/a.html"
AT_ONCE = 100  # articles in a claim
PARAGRAPHS, HEADLINES, COMMENTS = 20, 60, 40


def main() -> None:
    parser = options(__doc__, "a hundred articles and 20 pages")
    parser.add_argument("--waiting", type=int, default=10_000, help="articles in the queue")
    parser.add_argument("--fetched", type=int, default=500, help="articles that are fetched")
    parser.add_argument("--pages", type=int, default=200, help="pages of each kind that are read")
    arguments = parser.parse_args()
    asked = (arguments.waiting, arguments.fetched, arguments.pages)
    waiting, fetched, pages = (100, 20, 20) if arguments.small else asked
    with own_site(arguments.database):
        _run(waiting, fetched, pages, arguments.output)


def _run(waiting: int, fetched: int, pages: int, output: Path | None) -> None:
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0, skip_checks=True)
    results: dict[str, Any] = {"database": connection.vendor, "pages": {}}
    for name, made in (("english", _english_pages(pages)), ("east_asian", _east_asian_pages(pages))):
        results["pages"][name] = _read(made)
    results["queue"] = _queue(waiting)
    results["fetched"] = _fetched(fetched)
    usage = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    results["peak_mb"] = {"this_process": round(usage / 1024), "reader_of_pages": _peak_of_reader()}
    report.write("full_text", results, output)


# --- pages ------------------------------------------------------------------------------------------------------------


def page(number: int, paragraphs: list[str]) -> str:
    """A page as a newspaper has it."""
    chance = random.Random(number)
    lines = [_sentence(chance, 8) for _ in range(HEADLINES)]
    teasers = "".join(f'<li><a href="/{n}"><img src="/{n}.jpg" alt="">{line}</a></li>' for n, line in enumerate(lines))
    said = "".join(
        f'<div class="comment"><b>Reader {n}</b><p>{_sentence(chance, 25)}</p></div>' for n in range(COMMENTS)
    )
    script = "<script>window.data = {};</script>" * 20
    text = "".join(
        f"<p>{each}</p>" + ('<figure><img src="/a.jpg" alt=""><figcaption>A view</figcaption></figure>' * (n % 7 == 3))
        for n, each in enumerate(paragraphs)
    )
    return (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{lines[0]}</title>{script}</head><body>"
        f'<header><nav><ul>{teasers}</ul></nav></header><main><article><h1>{lines[0]}</h1>{text}</article>'
        f'<aside><h2>Related</h2><ul>{teasers}</ul></aside><section id="comments">{said}</section></main>'
        f"<footer>{teasers}</footer>{script}</body></html>"
    )  # fmt: skip


def texts(number: int) -> list[str]:
    """The paragraphs of an article."""
    chance = random.Random(-1 - number)
    return [" ".join(_sentence(chance, 14) for _ in range(4)) for _ in range(PARAGRAPHS)]


def _sentence(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(ENGLISH.split(), k=words)).capitalize() + "."


def _english_pages(count: int) -> list[str]:
    return [page(number, texts(number)) for number in range(count)]


def _east_asian_pages(count: int) -> list[str]:
    from tests.articles.extract.east_asian_text import LANGUAGES, text
    from tests.articles.extract.layouts import LAYOUTS, layout

    languages = list(LANGUAGES)
    return [layout(text(languages[n % len(languages)], n), n % LAYOUTS) for n in range(count)]


def _read(pages: list[str]) -> dict[str, Any]:
    from articles.extract import page_article

    page_article(pages[0], URL)  # loads what reads pages
    seconds = []
    for each in pages:
        began = process_time()
        assert page_article(each, URL).html
        seconds.append(process_time() - began)
    size = round(mean(len(each.encode()) for each in pages) / 1024)
    return {"kb_a_page": size, "pages_a_cpu_second": round(len(pages) / sum(seconds), 1), **report.percentiles(seconds)}


# --- the queue --------------------------------------------------------------------------------------------------------


def _queue(waiting: int) -> dict[str, Any]:
    """The time to claim a hundred of the articles that wait, of 500 hosts."""
    from django.utils import timezone

    from articles.full_text import queue
    from articles.full_text.models import FullText
    from articles.models import Article
    from benchmarks import generated
    from feeds.leases.models import host_of

    generated.fill(waiting)
    urls = Article.objects.values_list("pk", "url")
    rows = [FullText(article_id=pk, url=url, host=host_of(url)) for pk, url in urls]
    FullText.objects.bulk_create(rows, batch_size=1_000)
    generated.settle()

    def claim() -> None:
        claims = queue.claim_due(timezone.now(), limit=AT_ONCE)
        assert sum(len(each.keys) for each in claims) == min(AT_ONCE, waiting)
        queue.QUEUE.release_all()

    return {"waiting": waiting, "claim_of_a_hundred": report.timed(claim, 20)}


# --- from a publisher -------------------------------------------------------------------------------------------------


def _fetched(count: int) -> dict[str, Any]:
    from dataclasses import replace
    from ipaddress import ip_network

    from django.conf import settings
    from django.utils import timezone

    from articles.full_text import fetch, queue
    from articles.full_text.models import FullText
    from benchmarks.images import cpu_of
    from feeds.http import Client
    from tests.publisher import Publisher

    settings.FETCH_POLICY = replace(settings.FETCH_POLICY, allowed_networks=(ip_network("127.0.0.0/8"),))
    with Publisher() as publisher:
        keys = [_wanted(publisher, number).pk for number in range(count)]
        served = process_time()
        before = cpu_of(os.getpid())
        (claim,) = queue.QUEUE.claims([keys], timezone.now())
        with Client(fetch.policy(fetch.WORKER)) as client:
            tally = queue.fetch_claim(client, claim, pause=0)
        spent, own = cpu_of(os.getpid()) - before, process_time() - served
    assert tally.whole == count, tally
    stored = sum(len(row.pages_zlib) for row in FullText.objects.filter(pk__in=keys))
    return {
        "articles": count,
        "articles_a_cpu_second": round(count / spent, 1),
        "ms_an_article": report.milliseconds(spent / count),
        "of_which_in_this_process_ms": report.milliseconds(own / count),
        "kept_kb_an_article": round(stored / count / 1024, 1),
    }


def _wanted(publisher: Any, number: int) -> Any:
    from articles.full_text.models import FullText

    paragraphs = texts(number)
    url = publisher.serve(f"/{number}", page(number, paragraphs), content_type="text/html; charset=utf-8")
    article = _article(url, number, paragraphs[0][:200])
    return FullText.objects.create(article=article, url=url)


def _article(url: str, number: int, teaser: str) -> Article:
    from django.utils import timezone

    from articles.models import Article
    from feeds.models import Feed

    feed, _is_new = Feed.objects.get_or_create(url="https://parts.example/feed", defaults={"title": "Parts"})
    now = timezone.now()
    return Article.objects.create(
        feed=feed, guid=f"parts:{number}", url=url, title=f"Story {number}", summary=teaser, language="en",
        published_at=now, received_at=now, entry_hash=f"{number:032x}", sanitizer_version=1,
        content_html=f"<p>{teaser} […]</p>", content_text=f"{teaser} […]",
    )  # fmt: skip


def _peak_of_reader() -> int:
    """MB that the greatest of the processes that read pages has used."""
    peaks = [0]
    for path in Path("/proc").glob("[0-9]*/status"):
        try:
            told = dict(line.split(":", 1) for line in path.read_text().splitlines() if ":" in line)
        except OSError:
            continue
        if int(told["PPid"]) == os.getpid() and "VmHWM" in told:
            peaks.append(int(told["VmHWM"].split()[0]) // 1024)
    return max(peaks)


if __name__ == "__main__":
    main()
