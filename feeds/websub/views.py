"""The address that a hub calls: verification of intent, denial, and deliveries (WebSub, 5.2, 5.3 and 7)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from feeds.websub import deliveries, hubs


@csrf_exempt  # a hub has no session: the key in the address and the signature are what it shows
@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def callback(request: HttpRequest, key: str) -> HttpResponse:
    """404 for whatever was not asked for."""
    return _deliver(request, key) if request.method == "POST" else _verify(request, key)


def _verify(request: HttpRequest, key: str) -> HttpResponse:
    said = request.GET
    mode, topic = said.get("hub.mode", ""), said.get("hub.topic", "")
    if mode == "denied":
        return HttpResponse() if hubs.deny(key, topic, said.get("hub.reason", "")) else HttpResponseNotFound()
    challenge = said.get("hub.challenge", "")
    is_meant = bool(challenge) and (
        (mode == "subscribe" and hubs.confirm(key, topic, said.get("hub.lease_seconds", "")))
        or (mode == "unsubscribe" and hubs.confirm_farewell(key, topic))
    )
    return HttpResponse(challenge, content_type="text/plain") if is_meant else HttpResponseNotFound()


def _deliver(request: HttpRequest, key: str) -> HttpResponse:
    subscription = deliveries.subscription_of(key)
    if subscription is None:
        return HttpResponse(status=410)  # the hub may forget it (WebSub, 7)
    if not deliveries.is_live(subscription):
        return HttpResponse(status=202)
    try:
        body = request.body
    except RequestDataTooBig:
        deliveries.hint(subscription)
    else:
        content_type, signature = (request.headers.get(name, "") for name in ("Content-Type", "X-Hub-Signature"))
        deliveries.take(subscription, body, content_type=content_type, signature=signature)
    return HttpResponse(status=202)
