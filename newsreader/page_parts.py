"""Parts of pages that few visits need, alike for all: scripts ask for them once they do."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from newsreader.templatetags.still import still


@login_not_required  # they tell of nobody
@require_safe
@cache_control(private=True, max_age=3600)  # of a language, which is in the cookies
def page_part(_request: HttpRequest, template: str) -> HttpResponse:
    """The part that `template` says all of."""
    return HttpResponse(still(template))


urlpatterns = [
    path("shortcuts/", page_part, {"template": "components/shortcuts.html"}, name="shortcuts"),
    path("listening/", page_part, {"template": "components/listening.html"}, name="listening_tools"),
]
