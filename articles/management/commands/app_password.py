"""`manage.py app_password USER NAME`"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from articles.api import app_passwords
from articles.api.models import AppPassword


class Command(BaseCommand):
    help = (
        "Make a password for an app of a reader: for the Google Reader API and for Fever. The last line is the "
        "password, which nobody can find out again. Exit code: 0, or 2 where there is no such reader."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", metavar="USER", help="the reader's name")
        parser.add_argument("name", metavar="NAME", help="what the list of the reader's app passwords calls it")
        parser.add_argument("--scope", choices=AppPassword.Scope.values, default=AppPassword.Scope.MANAGE.value)

        parser.add_argument("--whole", action="store_true", help="let a Fever app have the whole archive")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"there is no reader {options['user']!r}", returncode=2)
        if not 0 < len(options["name"]) <= 100:
            raise CommandError("the name has 1 to 100 characters", returncode=2)
        scope = AppPassword.Scope(options["scope"])
        made, password = app_passwords.create(user, options["name"], scope, is_whole=options["whole"])
        self.stdout.write(f"app password {made.pk} of {user.get_username()}, {made.get_scope_display()}:")
        self.stdout.write(password)
