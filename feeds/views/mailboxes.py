"""The pages where staff have mailboxes of theirs read: each has their own, and sees nobody else's."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feeds.models import Feed, Mailbox, Newsletter
from feeds.newsletters.feeds import have_again
from feeds.newsletters.form import MailboxForm
from feeds.views.staff import staff_only


def _mine(request: HttpRequest) -> QuerySet[Mailbox]:
    return Mailbox.objects.filter(owner=request.user.pk)


@staff_only
@require_safe
def mailbox_list(request: HttpRequest) -> HttpResponse:
    """The mailboxes of the reader, how they are doing, and the newsletters that they have left."""
    is_left = Q(feed=None) | Q(feed__state=Feed.State.PAUSED, feed__subscriptions=None)
    left = Newsletter.objects.filter(is_left, mailbox__owner=request.user.pk).select_related("mailbox")
    return render(request, "feeds/mailboxes.html", {"mailboxes": _mine(request), "left": left})


@staff_only
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def new_mailbox(request: HttpRequest) -> HttpResponse:
    """A form of a mailbox. A POST keeps it, and it is due."""
    return _form(request, Mailbox(owner_id=request.user.pk or 0))


@staff_only
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def mailbox_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The same for one that is there."""
    return _form(request, get_object_or_404(_mine(request), pk=pk))


def _form(request: HttpRequest, mailbox: Mailbox) -> HttpResponse:
    form = MailboxForm(request.POST if request.method == "POST" else None, instance=mailbox)
    if form.is_valid():
        form.store()
        messages.success(request, _("Saved. The mailbox is read within a minute."))
        return redirect("mailboxes")
    return render(request, "feeds/mailbox.html", {"form": form, "mailbox": mailbox})


@staff_only
@require_POST
def read_mailbox(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a mailbox read at the next tick."""
    get_object_or_404(_mine(request), pk=pk)
    _mine(request).filter(pk=pk).update(read_at=timezone.now())
    messages.success(request, _("The mailbox is read within a minute."))
    return redirect("mailboxes")


@staff_only
@require_POST
def remove_mailbox(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a mailbox no more. What came from it stays."""
    get_object_or_404(_mine(request), pk=pk).delete()
    messages.success(request, _("The mailbox is no longer read. Its feeds and their articles stay."))
    return redirect("mailboxes")


@staff_only
@require_POST
def follow_newsletter(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a newsletter again that the reader has left."""
    mine = Newsletter.objects.filter(mailbox__owner=request.user.pk).select_related("mailbox__owner", "feed")
    newsletter = get_object_or_404(mine, pk=pk)
    have_again(newsletter)
    messages.success(request, _("%(name)s is here again with its next message.") % {"name": newsletter.title})
    return redirect("mailboxes")
