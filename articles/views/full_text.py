"""Whole articles: fetched by hand, shown beside what the feed gave, and the rule of a feed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from articles.full_text import queue, rules
from articles.full_text.models import FullText
from articles.lists.readable import readable
from articles.models import Article
from articles.views.state import SignedIn
from feeds.leases.models import host_of
from feeds.models import Feed
from feeds.subscriptions.visibility import visible_feeds


class WholeArticlesForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """The rule of a feed, which staff set."""

    old = forms.BooleanField(label=gettext_lazy("Fetch those of older articles, too"), required=False)

    class Meta:
        model = Feed
        fields = ["whole_articles", "article_selector"]

    def clean_article_selector(self) -> str:
        """Raises ValidationError for what is no selector."""
        from articles.extract import is_selector  # loads what reads pages

        selector: str = self.cleaned_data["article_selector"].strip()
        if selector and not is_selector(selector):
            raise ValidationError(_("This is neither a CSS selector nor an XPath expression."))
        return selector


@login_required
@require_POST
def fetch_whole(request: SignedIn, pk: int) -> HttpResponse:
    """Fetch the whole text of an article, while the reader waits a few seconds. The page that follows has it, or says
    what became of it."""
    article = get_object_or_404(readable(request.user), pk=pk)
    if not host_of(article.url):
        messages.warning(request, _("This address leads to no page."))
    else:
        row = queue.fetch_now(article)
        if row.is_wanted:
            messages.info(request, _("The whole article is on its way. Look again in a moment."))
        elif row.is_shown:
            messages.success(request, row.get_outcome_display())
        else:
            messages.warning(request, row.get_outcome_display())
    query = request.META.get("QUERY_STRING", "")
    return redirect(reverse("article", args=[pk]) + (f"?{query}" if query else ""))


@login_required
@require_POST
def set_whole_articles(request: SignedIn, pk: int) -> HttpResponse:
    """Set the rule of a feed for whole articles, for what comes in from now on; `old=on`: and for what is kept."""
    if not request.user.is_staff:
        raise PermissionDenied
    feed = get_object_or_404(visible_feeds(request.user), pk=pk)
    form = WholeArticlesForm(request.POST, instance=feed)
    if not form.is_valid():
        return render(request, "feeds/whole_articles.html", {"feed": feed, "whole_form": form}, status=400)
    feed.save(update_fields=form.Meta.fields)
    text = _("Saved.")
    if form.cleaned_data["old"] and (n := rules.want_newest(feed)):
        text += " " + ngettext(
            "The page of %(n)d older article is fetched from now on.",
            "The pages of %(n)d older articles are fetched from now on.",
            n,
        ) % {"n": n}
    messages.success(request, text)
    return redirect("feed", pk=pk)


def of_feed(request: SignedIn, feed: Feed) -> dict[str, Any]:
    """The context for what the page of a feed says to staff of whole articles; empty for others."""
    if not request.user.is_staff:
        return {}
    return {
        "whole_form": WholeArticlesForm(instance=feed),
        "gives_parts": rules.gives_parts(feed),
        "whole_cost": rules.cost(feed),
    }


def of_article(request: HttpRequest, shown: Article) -> tuple[str | None, dict[str, Any]]:
    """The text of an article's feed, where the reader has asked for it instead of the whole; and what its page says of
    the two."""
    whole: FullText | None = getattr(shown, "full_text", None)
    wants_feed = whole is not None and whole.is_shown and request.GET.get("text") == "feed"
    told = request.GET.copy()
    told.pop("text", None)
    here = request.path + (f"?{told.urlencode()}" if told else "")  # whole: it may stand in a list
    told["text"] = "feed"
    may_fetch = request.user.is_authenticated and bool(host_of(shown.url))
    context = {
        "whole": whole,
        "is_feed_text": wants_feed,
        "whole_address": here,
        "feed_text_address": f"{request.path}?{told.urlencode()}",
        "may_fetch_whole": may_fetch and not (whole and (whole.is_shown or whole.is_wanted)),
    }
    return whole.feed_html if whole and wants_feed else None, context
