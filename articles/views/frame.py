"""Films of other sites, played here after a click: the buttons in an article, and the page that holds the player."""

from __future__ import annotations

from html import escape
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from articles.display.article import may_keep
from articles.display.frames import Frame, frame_of, with_frames
from articles.display.media import USUAL_WIDTH
from articles.images.urls import signed_path
from articles.lists.readable import may_read
from articles.models import Article
from articles.querysets import BODIES

TOLD_OUR_ADDRESS = {"www.youtube-nocookie.com"}  # which plays nothing without (its error 153)


def with_films(html: SafeString, article: Article) -> SafeString:
    """The article's shown HTML with a button above each film that can be played here."""

    signer = _signer(article.pk)

    def button(page: str, frame: Frame, picture: str) -> str:
        address = f"{reverse('frame', args=[article.pk])}?{urlencode({'film': signer.sign(page)})}"
        still = signed_path(frame.picture, USUAL_WIDTH, is_kept=may_keep(article.feed)) if frame.picture else ""
        shown = picture or (f'<img src="{still}" alt="" loading="lazy" decoding="async">' if still else "")
        said = escape(_("Loads it from %(host)s, which then knows of you.") % {"host": frame.host})
        return (
            f'<a class="film" href="{escape(address)}">{shown}<span class="film-words">'
            f'<strong>{escape(_("Play here"))}</strong> <span class="hint">{said}</span></span></a>'
        )

    return mark_safe(with_frames(html, button))  # noqa: S308 - sanitized, and escaped above


@require_safe
@xframe_options_sameorigin
def frame(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The page that holds the player of one film of an article, in the article or by itself. By its policy it may frame
    that one host, and no page but this site's may frame it."""
    article = get_object_or_404(Article.objects.select_related("feed").defer(*BODIES), pk=pk)
    page = _page_in(request, pk)
    found = frame_of(page)
    if found is None or not may_read(request.user, article):
        raise Http404("no film of this article")
    policy: dict[str, Any] = {"frame-src": [f"https://{found.host}"], "frame-ancestors": [SELF]}
    context = {
        "article": article,
        "film": found,
        "page": page,
        "referrer": "strict-origin" if found.host in TOLD_OUR_ADDRESS else "no-referrer",
    }
    name = "articles/frame_inside.html" if request.GET.get("in") == "article" else "articles/frame.html"
    return csp_replace(policy)(lambda request: render(request, name, context))(request)


def _page_in(request: HttpRequest, pk: int) -> str:
    """The page of the film in an address that an article's own button has: nobody else's link plays one here."""
    try:
        return _signer(pk).unsign(request.GET.get("film", ""))
    except BadSignature as error:
        raise Http404("no film of this article") from error


def _signer(pk: int) -> Signer:
    return Signer(salt=f"articles.frame:{pk}")
