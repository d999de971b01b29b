"""The labels of a reader: on an article, and all of them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from articles.labels import own
from articles.labels.models import Label
from articles.lists.readable import readable
from articles.models import Article
from articles.views.river import river_address
from articles.views.rows import chip
from articles.views.selection import ids_in, list_address, list_of, number_in
from articles.views.state import SignedIn
from feeds.writes import soon


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@soon()
def article_labels(request: SignedIn, pk: int) -> HttpResponse:
    """The labels of an article, to be chosen (`label`, several times), and a new one (`new`)."""
    article = get_object_or_404(readable(request.user).select_related("feed"), pk=pk)
    back, problem = _back(request, article), ""
    if request.method == "POST":
        try:
            _put(request, article)
        except own.BadLabel:
            problem = _problem()
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    on = {label.pk for label in own.labels_on([article.pk], request.user).get(article.pk, ())}
    context = {
        "article": article,
        "rows": [(label, label.pk in on) for label in own.labels_of(request.user)],
        "back": back,
        "typed": request.POST.get("new", ""),
        "problem": problem,
    }
    return render(request, "articles/labels.html", context)


def _put(request: SignedIn, article: Article) -> None:
    chosen = Label.objects.filter(user=request.user, pk__in=_ids(request))
    with transaction.atomic():
        new = request.POST.get("new", "").strip()
        made = [own.make_label(request.user, new)] if new else []
        own.put_labels(request.user, article.pk, [*chosen, *made])


def _ids(request: SignedIn) -> list[int]:
    texts = request.POST.getlist("label")
    return [pk for start in range(0, own.MOST_LABELS, 100) for pk in ids_in(texts[start : start + 100])]


def _back(request: SignedIn, article: Article) -> str:
    """The address that the reader comes from, as the request says: the article, or its row in a list."""
    query = request.GET.copy()
    to_article = query.pop("back", None) == ["article"]
    if to_article:
        return article.get_absolute_url() + (f"?{query.urlencode()}" if query else "")
    selection = list_of(query, request.user)
    at = str(article.pk) if selection.is_personal else ""
    river = river_address(request, selection, at=at)
    return (river or list_address(selection, cursor=query.get("cursor", ""), at=at)) + f"#article-{article.pk}"


def _problem() -> str:
    return _("A label needs a name of its own, and there can be no more than %(most)s.") % {"most": own.MOST_LABELS}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@soon()
def label_list(request: SignedIn) -> HttpResponse:
    """All labels of the reader, with how many articles have them. A POST makes one (`new`)."""
    problem = ""
    if request.method == "POST":
        try:
            own.make_label(request.user, request.POST.get("new", ""))
        except own.BadLabel:
            problem = _problem()
        else:
            return redirect("labels")
    counts = own.label_counts(request.user)
    rows = [(label, counts.get(label.pk, 0)) for label in own.labels_of(request.user)]
    context = {"rows": rows, "problem": problem, "typed": request.POST.get("new", "")}
    return render(request, "accounts/labels.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@soon()
def label_page(request: SignedIn, pk: int) -> HttpResponse:
    """A label's name and colour, to be changed."""
    label = get_object_or_404(Label, user=request.user, pk=pk)
    typed, colour, key, problem = label.name, label.colour, label.key, ""
    if request.method == "POST":
        typed, colour, key = request.POST.get("name", ""), _colour(request, label), _key(request)
        try:
            own.change_label(label, typed, colour, key)
        except own.BadLabel:
            problem = _problem()
        else:
            messages.success(request, _("Saved."))
            return redirect("labels")
    context = {
        "label": label,
        "typed": typed,
        "colour": colour,
        "colours": Label.Colour.choices,
        "keys": [(digit, digit == key) for digit in own.KEYS],
        "count": label.rows.count(),
        "problem": problem,
    }
    return render(request, "accounts/label.html", context)


def _colour(request: SignedIn, label: Label) -> int:
    text = request.POST.get("colour", "")
    return int(text) if text in {str(value) for value in Label.Colour.values} else label.colour


def _key(request: SignedIn) -> int | None:
    """The digit that the form gives the label for a key; None for none."""
    number = number_in(request.POST, "key")
    return number if number in own.KEYS else None


@login_required
@require_POST
@soon()
def turn_label(request: SignedIn, pk: int) -> HttpResponse:
    """Put the label with a key (`key`) on an article, or take it off: scripts get the article's labels, and nothing
    (204) where no label has the key."""
    article = get_object_or_404(readable(request.user).only("pk"), pk=pk)
    if not own.turn_label(request.user, article.pk, number_in(request.POST, "key")):
        return HttpResponse(status=204)
    labels = own.labels_on([article.pk], request.user).get(article.pk, [])
    return HttpResponse("".join(map(chip, labels)))


@login_required
@require_POST
@soon()
def delete_label(request: SignedIn, pk: int) -> HttpResponse:
    """Take a label from all articles, and away."""
    get_object_or_404(Label, user=request.user, pk=pk).delete()
    messages.success(request, _("The label is deleted. Its articles stay."))
    return redirect(reverse("labels"))
