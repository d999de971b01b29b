from typing import Any

from django.core.management.base import BaseCommand

from newsreader.first_start import prepare


class Command(BaseCommand):
    help = "Bring tables and static files up to date and make the first administrator, as `up` does, and end."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(prepare())
