"""The answers to what browsers, password managers and robots look for at fixed addresses."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import path, reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

PAPER = "#fdfdfb"  # static/css/tokens.css
SIZES = (192, 512)


@login_not_required
@require_safe
@cache_control(max_age=3600)
def manifest(request: HttpRequest) -> HttpResponse:
    """The web app manifest (W3C Web Application Manifest), so that a phone can put the reader on its first screen."""
    icons = [
        {
            "src": static(f"img/icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": "any maskable",
        }
        for size in SIZES
    ]
    described = {
        "name": "Newsreader", "short_name": "Newsreader", "id": "/", "start_url": reverse("list"), "scope": "/",
        "display": "standalone", "background_color": PAPER, "theme_color": PAPER, "icons": icons,
        # Both open the form for a feed's address, with the address in it.
        "share_target": {
            "action": reverse("add_feed"), "method": "GET", "params": {"title": "title", "text": "text", "url": "url"},
        },
        "protocol_handlers": [{"protocol": "web+feed", "url": f"{reverse('add_feed')}?url=%s"}],
    }  # fmt: skip
    return JsonResponse(described, content_type="application/manifest+json")


@login_not_required
@require_safe
def touch_icon(request: HttpRequest) -> HttpResponse:
    """The icon for Safari, which looks here when it has read no page."""
    return redirect(static("img/icon-180.png"))


@login_not_required
@require_safe
def change_password(request: HttpRequest) -> HttpResponse:
    """The page that password managers send their users to (W3C A Well-Known URL for Changing Passwords)."""
    return redirect("password_change")


@login_not_required
@require_safe
@cache_control(max_age=86400)
def robots(request: HttpRequest) -> HttpResponse:
    """RFC 9309: a reader's pages are copies of what others publish; robots find it there."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain; charset=utf-8")


urlpatterns = [
    path("manifest.webmanifest", manifest, name="manifest"),
    path("apple-touch-icon.png", touch_icon),
    path(".well-known/change-password", change_password),
    path("robots.txt", robots),
]
