"""The rules of a reader: listed, made of any search, tried before they are kept, changed, applied to what was there
before, taken back, deleted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles.labels import own as labels
from articles.lists.readable import readable
from articles.lists.selection import Selection
from articles.models import Article
from articles.rules import deeds, own, queue
from articles.rules.judge import eyes_of, now_of
from articles.rules.models import LONGEST_NAME, Rule
from articles.rules.preview import Preview, preview
from articles.search.query.syntax import LONGEST_QUERY, parse
from articles.views.search_messages import count_of, message, number
from articles.views.selection import list_address, query_text, selection_of
from articles.views.state import SignedIn
from feeds.subscriptions.own import call_by_own_titles
from feeds.writes import soon

BACK_SECONDS = 2.0  # of going back over the archive, or of taking back, while the reader waits


class RuleForm(forms.Form):
    """A rule: what it searches, and what it does."""

    q = forms.CharField(
        label=gettext_lazy("Search"),
        required=False,
        max_length=LONGEST_QUERY,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("Empty: what is searched."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    marks_read = forms.BooleanField(label=gettext_lazy("Mark as read"), required=False)
    hides = forms.BooleanField(
        label=gettext_lazy("Hide from lists"),
        required=False,
        help_text=gettext_lazy("Read, and in no list; still found by searches. Nothing is deleted."),
    )
    stars = forms.BooleanField(label=gettext_lazy("Star"), required=False)
    label = forms.CharField(
        label=gettext_lazy("Label"),
        required=False,
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "labels-there-are"}),
    )
    fetches_whole = forms.BooleanField(label=gettext_lazy("Fetch the whole article"), required=False)
    tells = forms.BooleanField(
        label=gettext_lazy("Tell me"),
        required=False,
        help_text=gettext_lazy("Not of what you have read or a rule hides, and once for a story."),
    )
    is_on = forms.BooleanField(label=gettext_lazy("The rule is on"), required=False)


class SiteRuleForm(RuleForm):
    """A rule of the site, which does nothing that is a reader's own."""

    stars = label = tells = None  # type: ignore[assignment]  # as Django's forms leave fields out


@login_required
@require_safe
def rule_list(request: SignedIn) -> HttpResponse:
    """All rules of the reader, with what each has done; for staff those of the site, too."""
    of_site = _rows(None) if request.user.is_staff else []
    return render(request, "accounts/rules.html", {"rows": _rows(request.user), "of_site": of_site})


def _rows(owner: User | None) -> list[tuple[own.Counted, list[str], str]]:
    return [(each, actions_of(each.rule), _address(each.rule)) for each in own.rules_of(owner)]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@soon()
def new_rule(request: SignedIn) -> HttpResponse:
    """A rule of the search that the address names, to be completed, tried and kept; with `site` one of the site. What
    it `does` may be said, too: `read` or `hide`."""
    owner = None if request.GET.get("site") == "1" else request.user
    if owner is None and not request.user.is_staff:
        raise Http404("no rule of the site")
    selection = own.searched_by(selection_of(request.GET, request.user))
    does = request.GET.get("does")
    draft = own.Draft(selection=selection, marks_read=does == "read", hides=does == "hide")
    return _form(request, draft, owner)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@soon()
def rule_page(request: SignedIn, pk: int) -> HttpResponse:
    """A rule, to be changed, with what it did."""
    rule = _rule(request, pk)
    return _form(request, own.draft_of(rule), rule.user, rule)


def _form(request: SignedIn, draft: own.Draft, owner: User | None, rule: Rule | None = None) -> HttpResponse:
    """The form of a rule of a reader, or of the site. A POST tries it, or with `save` keeps it: one that hits nearly
    all only where its reader has seen that it does (`sure`)."""
    form_class = RuleForm if owner else SiteRuleForm
    if request.method == "POST":
        return _answer(request, form_class(request.POST), draft, owner, rule)
    form = form_class(initial={"q": draft.selection.query, **{name: getattr(draft, name) for name in _FIELDS}})
    tried = None if own.asks_for_all(draft.selection) else _preview(owner, draft.selection)
    return _page(request, form, draft, owner, rule, tried=tried)


def _answer(request: SignedIn, form: RuleForm, draft: own.Draft, owner: User | None, rule: Rule | None) -> HttpResponse:
    """The list of rules where the one that was sent is kept, else the form again."""
    if not form.is_valid():
        return _page(request, form, draft, owner, rule)
    draft = _drafted(request, form, draft.selection)
    problem = _problem_of(owner, draft)
    if problem:
        return _page(request, form, draft, owner, rule, problem=problem)
    tried = _preview(owner, draft.selection)
    if "save" in request.POST and not (tried.is_nearly_all and "sure" not in request.POST):
        problem = _saved(request, owner, draft, rule)
        if not problem:
            return redirect("rules")
    return _page(request, form, draft, owner, rule, problem=problem, tried=tried)


def _page(
    request: SignedIn,
    form: RuleForm,
    draft: own.Draft,
    owner: User | None,
    rule: Rule | None,
    *,
    problem: str = "",
    tried: Preview | None = None,
) -> HttpResponse:
    """The form with what the rule would hit, or with what is wrong with it."""
    context = {
        "form": form,
        "rule": rule,
        "place": draft.selection.feed or draft.selection.category,
        "problem": problem,
        "notes": [message(note) for note in parse(draft.selection.query).notes],
        "tried": tried,
        **(_in_words(owner, tried) if tried else {}),
        "is_of_site": owner is None,
        "asks_again": bool(tried and tried.is_nearly_all and "save" in request.POST),
        "hits_address": list_address(draft.selection),
        "labels": [label.name for label in labels.labels_of(request.user)],
        **(_what_it_did(rule) if rule else {}),
    }
    return render(request, "accounts/rule.html", context)


_FIELDS = ("name", "marks_read", "hides", "stars", "label", "fetches_whole", "tells", "is_on")


def _drafted(request: SignedIn, form: RuleForm, place: Selection) -> own.Draft:
    """The rule that was sent; its feed or category stays as it is."""
    fields: dict[str, Any] = {name: form.cleaned_data[name] for name in _FIELDS if name in form.cleaned_data}
    return own.Draft(selection=replace(place, query=query_text(request.POST)), **fields)


def _preview(owner: User | None, selection: Selection) -> Preview:
    return preview(eyes_of(owner), selection, now_of(owner))


def _in_words(owner: User | None, tried: Preview) -> dict[str, str]:
    hits = number(tried.hits) if tried.hits_are_all else _("at least %(n)s") % {"n": number(tried.hits)}
    total = count_of(tried.total or 0, is_exact=tried.total_is_exact) or number(tried.total or 0)
    return {
        "newest_in_words": (
            _("Of the last %(tried)s articles that came to you: %(hits)s")
            if owner
            else _("Of the last %(tried)s articles that came to the site: %(hits)s")
        )
        % {"tried": number(tried.tried), "hits": hits},
        "total_in_words": _("In the whole archive: %(hits)s") % {"hits": total},
    }


def _problem_of(owner: User | None, draft: own.Draft) -> str:
    try:
        own.check(owner, draft)
    except own.BadRule as error:
        return _reason(error)
    return ""


def _saved(request: SignedIn, owner: User | None, draft: own.Draft, rule: Rule | None) -> str:
    try:
        own.save_rule(owner, draft, rule)
    except own.BadRule as error:
        return _reason(error)
    messages.success(request, _("Saved. The rule acts on what comes in from now on."))
    return ""


def _reason(error: own.BadRule) -> str:
    return {
        own.ASKS_NOTHING: _("A rule needs a search: without one it would hit everything."),
        own.DOES_NOTHING: _("Say what the rule does: choose at least one."),
        own.TOO_MANY: _("There are %(most)s rules: delete one first.") % {"most": own.MOST_RULES},
        own.ASKS_READER: _("A rule of the site can't ask what one reader read, starred, labelled or noted."),
        own.IS_PERSONAL: _("A rule of the site can't star, label or tell."),
        own.NOT_SHARED: _("A rule of the site is for feeds and categories that are the site's."),
        own.BAD_LABEL: _("This is no name for a label, or there are too many labels."),
    }[error.reason]


def _what_it_did(rule: Rule) -> dict[str, Any]:
    return {"hits": rule.hits.filter(is_undone=False).count()}


@login_required
@require_POST
@soon()
def change_rule(request: SignedIn, pk: int) -> HttpResponse:
    """Apply a rule to what was there before (`back`), take back what it did (`undo`), or delete it (`delete`): what a
    reader's own did stays, what one of the site did goes first, as nobody could take it back afterwards."""
    rule = _rule(request, pk)
    if "back" in request.POST:
        queue.go_back(rule)
        queue.work_back(BACK_SECONDS, only=rule)
        messages.success(request, _("The rule goes over what was there before. On its page you see how far it is."))
    elif "undo" in request.POST:
        _take_back(request, rule)
    elif "delete" in request.POST and rule.user_id is not None:
        rule.delete()
        messages.success(request, _("The rule is deleted. What it did stays."))
        return redirect("rules")
    elif "delete" in request.POST:
        if _take_back(request, rule):
            rule.delete()
            messages.success(request, _("The rule is deleted."))
            return redirect("rules")
    else:
        raise BadRequest(_("This form was sent without its answer."))
    return redirect("rule", pk=pk)


@login_required
@require_POST
@soon()
def undo_on_article(request: SignedIn, pk: int) -> HttpResponse:
    """Take back what rules did to an article: the reader's own, or for staff (`site`) those of the site."""
    article = get_object_or_404(readable(request.user).only("pk"), pk=pk)
    is_for_all = "site" in request.POST
    if is_for_all and not request.user.is_staff:
        raise PermissionDenied
    if deeds.undo_for_all_on(article.pk) if is_for_all else deeds.undo_on(request.user, article.pk):
        messages.success(request, _("What rules did to this article is taken back."))
    query = request.META.get("QUERY_STRING", "")
    return redirect(article.get_absolute_url() + (f"?{query}" if query else ""))


def deeds_in_words(request: HttpRequest, article: Article) -> dict[str, list[tuple[Rule, str]]]:
    """The reader's rules that acted on the article (`deeds`), and the site's (`deeds_for_all`), each with its deeds in
    words."""
    found = deeds.deeds_on(request.user, article) if isinstance(request.user, User) else []
    return {
        name: [(deed.rule, text) for deed in found if deed.is_for_all is is_for_all for text in _words(deed)]
        for name, is_for_all in (("deeds", False), ("deeds_for_all", True))
    }


def _words(deed: deeds.Deed) -> list[str]:
    if deed.is_for_all:
        text = _("Hidden from lists by the site's rule") if deed.hidden else _("Marked as read by the site's rule")
        return [text]
    words = [_("Hidden from lists by the rule")] if deed.hidden else []
    words += [_("Marked as read by the rule")] if deed.read and not deed.hidden else []
    words += [_("Starred by the rule")] if deed.starred else []
    words += [_("You were told by the rule")] if deed.told else []
    return words + ([_("Labelled “%(label)s” by the rule") % {"label": deed.label}] if deed.label else [])


def actions_of(rule: Rule) -> list[str]:
    """The actions of a rule, in words."""
    chosen = [
        (rule.marks_read, _("Mark as read")),
        (rule.hides, _("Hide from lists")),
        (rule.stars, _("Star")),
        (rule.label is not None, _("Put the label “%(label)s” on") % {"label": rule.label}),
        (rule.fetches_whole, _("Fetch the whole article")),
        (rule.tells, _("Tell me")),
    ]
    return [words for is_chosen, words in chosen if is_chosen]


def _take_back(request: SignedIn, rule: Rule) -> bool:
    """Take back what the rule did, as far as there is time, and say so. Returns whether that was all."""
    n = deeds.undo_all(rule, seconds=BACK_SECONDS)
    text = ngettext("Taken back on %(n)d article.", "Taken back on %(n)d articles.", n) % {"n": n}
    if is_more := rule.hits.filter(is_undone=False).exists():
        text += " " + _("There are more: press it again.")
    messages.success(request, text)
    return not is_more


def _rule(request: SignedIn, pk: int) -> Rule:
    rows = Rule.objects.select_related("user", "feed", "category", "label")
    of_site = Q(user=None) if request.user.is_staff else Q()
    rule = get_object_or_404(rows, Q(user=request.user) | of_site, pk=pk)
    call_by_own_titles([rule.feed] if rule.feed else [], request.user)
    return rule


def _address(rule: Rule) -> str:
    """The address of the search that the rule is."""
    return list_address(own.draft_of(rule).selection)
