"""The page of what rules have told their reader."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from articles.notices import own
from articles.views.state import SignedIn
from feeds.subscriptions.own import call_by_own_titles

SHOWN = 50


@login_required
@require_safe
def notice_page(request: SignedIn) -> HttpResponse:
    """The newest notices of the reader."""
    notices = own.latest(request.user, SHOWN)
    call_by_own_titles([notice.article.feed for notice in notices], request.user)
    return render(request, "accounts/notices.html", {"notices": notices})
