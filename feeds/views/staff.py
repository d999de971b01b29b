"""Pages where feeds are brought in and taken out, by address and as OPML: by staff for the site, by readers for
themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from feeds.forms import ChooseForm, FindForm, OpmlForm
from feeds.http import HttpResponse as Document
from feeds.models import Feed, Poll
from feeds.subscribe import found_documents
from feeds.subscribe.add import Candidate, NothingFound, address_given, find
from feeds.subscribe.outlines import OpmlResult, export_opml, import_opml, import_opml_for
from feeds.subscribe.own_feeds import NoRoom, add_for, may_add, waiting_client
from feeds.views.progress import progress_of

View = Callable[..., HttpResponse]
# Polls feeds that were added, with documents by their addresses that are here already; see articles.urls.
FirstPolls = Callable[[Iterable[Feed], Mapping[str, Document]], Mapping[int, Poll]]
MESSAGES_AT_MOST = 5
MOST_FILTERS = 200  # of other readers, on the page of an import


def staff_only(view: View) -> View:
    """Anonymous visitors may sign in; readers who are not staff get 403."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_staff:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return cast(View, guarded)


def who_may_add(view: View) -> View:
    """Anonymous visitors may sign in; readers get 403 where only staff may add feeds."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_add(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return cast(View, guarded)


@who_may_add
@require_http_methods(["GET", "HEAD", "POST"])
def add_feed(request: HttpRequest, first_polls: FirstPolls) -> HttpResponse:
    """An address, which others may hand over (`url`, `text`), what is there with a preview, the choice; then the
    articles of what was chosen. With `at_once` the one feed that is found is added without being asked about. Only a
    POST fetches or adds anything."""
    if "subscribe" in request.POST:
        return _subscribe(request, first_polls)
    given = address_given(*(request.GET.get(name, "") for name in ("url", "text", "title")))
    form = FindForm(request.POST if request.method == "POST" else None, initial={"address": given[:2000]})
    candidates = _find(form, _reader(request)) if form.is_valid() else []
    if "at_once" in request.POST and len(candidates) == 1:
        return _add_the_one(request, candidates[0], first_polls)
    return _add_page(request, form, candidates)


def _add_page(request: HttpRequest, form: FindForm, candidates: list[Candidate]) -> HttpResponse:
    new = [candidate for candidate in candidates if not candidate.already_added]
    rows = [(candidate, ChooseForm.sign(candidate)) for candidate in candidates]
    form.fields["address"].widget.attrs["autofocus"] = not rows
    choice = ChooseForm(reader=_reader(request))
    address = request.build_absolute_uri(reverse("add_feed"))  # of the site as this browser knows it
    context = {
        "form": form,
        "choice": choice,
        "rows": rows,
        "new": new,
        "add_address": address,
        "bookmark": f"javascript:location.href='{address}?url='+encodeURIComponent(location.href)",
    }
    return render(request, "feeds/manage_add.html", context)


def _add_the_one(request: HttpRequest, found: Candidate, first_polls: FirstPolls) -> HttpResponse:
    reader = _reader(request)
    try:
        added = add_for(
            reader,
            url=found.url,
            title=found.title,
            site_url=found.site_url,
            recipe=found.recipe,
            for_site=reader.is_staff,
        )
    except NoRoom as error:
        messages.error(request, str(error))
        return redirect("add_feed")
    return _tell(request, [added], first_polls)


def _find(form: FindForm, reader: User) -> list[Candidate]:
    """The feeds at the form's address; an error at its field where there are none."""
    try:
        with waiting_client() as client:
            found = find(client, form.cleaned_data["address"], reader)
    except NothingFound as error:
        form.add_error("address", str(error))
        return []
    found_documents.keep(reader, found)
    return found


def _reader(request: HttpRequest) -> User:
    assert isinstance(request.user, User), "the decorators let nobody else through"
    return request.user


def _subscribe(request: HttpRequest, first_polls: FirstPolls) -> HttpResponse:
    reader = _reader(request)
    choice = ChooseForm(request.POST, reader=reader)
    if not choice.is_valid():
        for problem in choice.errors.values():
            messages.error(request, " ".join(map(str, problem)))
        return redirect("add_feed")
    category, for_site = choice.cleaned_data["category"], choice.is_for_site
    chosen = choice.cleaned_data["chosen"]
    results: list[tuple[Feed, bool]] = []
    try:
        for found in chosen:
            results.append(add_for(reader, **found, category=category, for_site=for_site))
    except NoRoom as error:
        messages.error(request, str(error))
        if not results:
            return redirect("add_feed")
    return _tell(request, results, first_polls)


def _tell(request: HttpRequest, results: list[tuple[Feed, bool]], first_polls: FirstPolls) -> HttpResponse:
    """Check what was added, and lead on with a word for each."""
    feeds = [feed for feed, _is_new in results]
    polls = first_polls(feeds, found_documents.kept_for(_reader(request), [feed.url for feed in feeds]))
    for feed, is_new in results[:MESSAGES_AT_MOST]:
        _say(request, feed, polls.get(feed.pk), is_new=is_new)
    if len(results) > MESSAGES_AT_MOST:
        messages.info(request, _("%d feeds were chosen in all.") % len(results))
    return _after_adding(feeds, polls)


def _after_adding(feeds: list[Feed], polls: Mapping[int, Poll]) -> HttpResponse:
    """To the articles of the one feed, or to its page where its check failed; from several back to the form."""
    if len(feeds) > 1:
        return redirect("add_feed")
    [feed] = feeds
    poll = polls.get(feed.pk)
    if poll and poll.error:
        return redirect("feed", pk=feed.pk)
    return redirect(f"{reverse('list')}?feed={feed.pk}")


def _say(request: HttpRequest, feed: Feed, poll: Poll | None, *, is_new: bool) -> None:
    if not is_new:
        text = _("Already subscribed to {}.")
    else:
        text = _("Added {}.") if poll else _("Added {}. Its articles will appear after the next check.")
    link = format_html('<a href="{}?feed={}">{}</a>', reverse("list"), feed.pk, feed.name)
    messages.success(request, format_html("<span>{}</span>", format_html(text, link)))


@who_may_add
@require_http_methods(["GET", "HEAD", "POST"])
def import_opml_page(request: HttpRequest) -> HttpResponse:
    """Upload an OPML document; the answer says what became of each of its feeds."""
    if request.method != "POST":
        return render(request, "feeds/manage_import.html", {"form": OpmlForm()})
    form = OpmlForm(request.POST, request.FILES)
    results: list[OpmlResult] | None = None
    began_at = timezone.now()
    if form.is_valid():
        try:
            document = form.cleaned_data["file"].read()
            results = import_opml(document) if request.user.is_staff else import_opml_for(_reader(request), document)
        except ValueError as error:
            form.add_error("file", str(error))
    context = {"form": form, **_by_outcome(results)}
    if context.get("added"):
        context["progress"] = progress_of(_reader(request), began_at)
    return render(request, "feeds/manage_import.html", context)


def _by_outcome(results: list[OpmlResult] | None) -> dict[str, object]:
    """The results of an import as the page shows them; empty before there was one."""
    if results is None:
        return {}
    by_outcome: dict[str, list[OpmlResult]] = {"refused": [], "added": [], "known": []}
    for result in results:
        by_outcome[result.outcome].append(result)
    filtered = [result for result in results if result.filters]
    return {"results": results, "filtered": filtered, "filters": _filters(filtered), **by_outcome}


@dataclass(frozen=True, slots=True)
class _Filter:
    """A filter that another reader had for a feed; `rule`: what the address of a new rule says of it."""

    feed: str
    text: str
    rule: str


def _filters(results: list[OpmlResult]) -> list[_Filter]:
    """The filters of other readers, each with the rule that may be made of it, where there are words for it."""
    feeds = dict(Feed.objects.filter(url__in=[result.url for result in results]).values_list("url", "pk"))
    return [
        _Filter(
            result.title or result.url,
            each.text,
            urlencode({"feed": feeds[result.url], "q": each.query, "does": each.does})
            if each.query and result.url in feeds
            else "",
        )
        for result in results
        for each in result.filters
    ][:MOST_FILTERS]


@login_required
@require_safe
def export_opml_file(request: HttpRequest) -> HttpResponse:
    """The feeds that the reader follows, as a file."""
    name = f"newsreader-{timezone.localdate():%Y-%m-%d}.opml"
    return HttpResponse(
        export_opml(request.user),
        content_type="text/x-opml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )
