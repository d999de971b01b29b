"""The things that have to be there before anything runs: tables, static files, an administrator."""

from __future__ import annotations

import secrets
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, OperationalError

from newsreader import __version__
from newsreader.tables import make_tables


def prepare() -> str:
    """Make or update all three. Returns how to sign in, for the operator. Raises CommandError."""
    try:
        make_tables()
        collect_static_files()
        return first_administrator()
    except OperationalError as error:
        raise CommandError(f"the database does not answer: {error}".strip()) from error
    except DatabaseError as error:
        raise CommandError(f"the database can't be used: {error}".strip()) from error


def collect_static_files() -> bool:
    """Collect static files where any has changed since the last time. Returns whether it had to."""
    stamp = settings.STATIC_ROOT / ".collected"
    digest = _digest_of_static_files()
    if stamp.exists() and stamp.read_text() == digest:
        return False
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(digest)
    return True


def _digest_of_static_files() -> str:
    lines = [__version__]
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            lines.append(f"{name} {status.st_size} {status.st_mtime_ns}")
    return sha256("\n".join(lines).encode()).hexdigest()


def first_administrator() -> str:
    """Make an administrator where there is none yet. Returns how to sign in; a password that was made is told here,
    and never again."""
    known = User.objects.filter(is_superuser=True, is_active=True).order_by("id").first()
    if known:
        return (
            f"Sign in as {known.get_username()} with the password you know "
            f"(a new one: manage.py changepassword {known.get_username()})."
        )
    name, given = settings.ADMIN_USER or "admin", settings.ADMIN_PASSWORD
    try:
        User.username_validator(name)
    except ValidationError as error:
        raise CommandError(f"the first administrator can't be called {name!r}: {error.messages[0]}") from error
    if User.objects.filter(username=name).exists():
        raise CommandError(f"the first administrator can't be called {name}: a reader has that name already")
    password = given or secrets.token_urlsafe(12)
    User.objects.create_superuser(name, password=password)
    if given:
        return f"Sign in as {name} with the password that NEWSREADER_ADMIN_PASSWORD gives."
    return f"Sign in as {name} with the password {password} (told only this once: change it after signing in)."
