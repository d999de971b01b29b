"""Upload of an archive of article files."""

from __future__ import annotations

import shlex
import sys

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from articles.archive_files.importing import ImportReport
from articles.archive_files.upload import UploadRefused, import_upload
from feeds.forms import SizedFileField
from feeds.views.staff import staff_only


class ArchiveForm(forms.Form):
    """An archive to import."""

    file = SizedFileField(
        label=_("Archive"),
        max_bytes=settings.MAX_UPLOAD_BYTES,
        help_text=_("A .zip or .tar file, also compressed (.tar.gz, .tar.bz2, .tar.xz, .tar.zst)."),
        widget=forms.ClearableFileInput({"accept": ".zip,.tar,.gz,.tgz,.bz2,.xz,.zst"}),
    )


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def import_archive(request: HttpRequest) -> HttpResponse:
    """Upload an archive; the answer accounts for its files. A big one is better imported from a folder, by command."""
    form = ArchiveForm(request.POST, request.FILES) if request.method == "POST" else ArchiveForm()
    report = _import(form) if form.is_valid() else None
    context = {"form": form, "report": report, "command": _command(), "limit": settings.MAX_UPLOAD_BYTES}
    return render(request, "articles/import_archive.html", context)


def _command() -> str:
    """The command to type on this server, in whatever folder."""
    data = shlex.quote(str(settings.DATA_DIR))
    program = shlex.join([sys.executable, str(settings.BASE_DIR / "manage.py"), "import_archive"])
    return f"NEWSREADER_DATA={data} {program} " + _("DIR")


def _import(form: ArchiveForm) -> ImportReport | None:
    """The report; without one the form says why there is none."""
    upload = form.cleaned_data["file"]
    try:
        return import_upload(upload.file, upload.name)
    except UploadRefused as error:
        form.add_error("file", str(error))
        return None
