"""The notices of a reader: made of what rules hit, told once for a story, gone after a while."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.contrib.auth.models import User

from articles.lists.hidden import hidden_among
from articles.lists.pages import unread_among
from articles.lists.readable import readable
from articles.lists.reader_state import read_by_rule_among
from articles.models import Article, Channel, Notice, StoryMember, UnsentNotice
from articles.notices.schedule import next_time
from articles.rules.models import Rule, RuleHit

NEWS = timedelta(days=7)  # what a publisher dates earlier is no news, though it comes in, or changes, today
# Longer than NEWS: what is told once stays known for as long as a change could bring it again.
KEPT = timedelta(days=60)


def tell(reader: User, hits: Mapping[Rule, Collection[int]], at: datetime) -> list[Notice]:
    """The new notices of what rules have hit, in the order of the articles. The caller is in a transaction."""
    by_article = {pk: rule for rule, ids in hits.items() for pk in ids}
    wanted = worth_telling(reader, by_article)
    if not wanted:
        return []
    new = Article.objects.filter(pk__in=wanted, published_at__gt=at - NEWS).values_list("pk", flat=True)
    wanted = set(new) - set(Notice.objects.filter(user=reader, article__in=wanted).values_list("article", flat=True))
    wanted -= doubles_of_told(reader, wanted)
    notices = [Notice(user=reader, article_id=pk, rule=by_article[pk], at=at) for pk in sorted(wanted)]
    Notice.objects.bulk_create(notices)
    if notices:
        _enqueue(reader, notices, at)
    return notices


def _enqueue(reader: User, notices: Collection[Notice], at: datetime) -> None:
    """Have the reader's channels send the notices."""
    for channel in Channel.objects.filter(user=reader, is_on=True, confirmed_at__isnull=False):
        if not channel.unsent.exists():
            Channel.objects.filter(pk=channel.pk).update(send_at=next_time(channel, at))
        UnsentNotice.objects.bulk_create([UnsentNotice(channel=channel, notice=notice) for notice in notices])


def worth_telling(reader: User, article_ids: Collection[int]) -> set[int]:
    """Those of these articles that the reader may read, has not read, and has in lists. What a rule alone marked as
    read counts as unread here."""
    if not article_ids:
        return set()
    unread = unread_among(article_ids, reader) | read_by_rule_among(reader, article_ids)
    seen = readable(reader).filter(pk__in=unread - hidden_among(article_ids, reader))
    return set(seen.values_list("pk", flat=True))


def doubles_of_told(reader: User, article_ids: Collection[int]) -> set[int]:
    """Those of these articles that are the same as another of which the reader has a notice, or as an earlier one of
    themselves."""
    rows = StoryMember.objects.filter(article__in=article_ids).order_by("number")
    stories = dict(rows.values_list("pk", "story"))
    if not stories:
        return set()
    members = StoryMember.objects.filter(story__in=set(stories.values())).exclude(article__in=article_ids)
    told = members.filter(article__in=Notice.objects.filter(user=reader).values("article"))
    known, doubles = set(told.values_list("story", flat=True)), set()
    for pk, story in stories.items():
        if story in known:
            doubles.add(pk)
        known.add(story)
    return doubles


def withdraw(reader: User, rules: Collection[int], article_ids: Collection[int]) -> None:
    """Have what these rules told of these articles, which was taken back, not be sent any more, where it was not yet
    and no other rule tells it."""
    if not Rule.objects.filter(pk__in=rules, tells=True).exists():
        return
    standing = RuleHit.objects.filter(rule__user=reader, rule__tells=True, article__in=article_ids, is_undone=False)
    gone = set(article_ids) - set(standing.values_list("article", flat=True))
    UnsentNotice.objects.filter(notice__user=reader, notice__article__in=gone).delete()


def latest(reader: User, most: int) -> list[Notice]:
    """The newest notices of what the reader may read, with their articles and rules, without bodies."""
    notices = Notice.objects.filter(user=reader, article__in=readable(reader))
    return list(notices.select_related("article__feed", "rule").order_by("-pk")[:most])


def prune(now: datetime) -> int:
    """Delete what is so old that nothing could bring it again. Returns how many."""
    return Notice.objects.filter(at__lt=now - KEPT).delete()[0]
