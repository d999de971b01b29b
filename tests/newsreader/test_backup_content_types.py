"""Names of models and permissions after a restore: those of the backup, and what this version has besides."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from feeds.models import Feed
from newsreader.backup import restoring
from newsreader.backup.writing import write_backup

pytestmark = pytest.mark.django_db(transaction=True)


def test_models_have_the_numbers_of_the_backup_and_all_permissions_of_this_version(tmp_path):
    Permission.objects.filter(codename="view_feed").delete()  # as an older version had none
    write_backup(tmp_path / "b")
    of_backup = ContentType.objects.get(app_label="feeds", model="feed").pk
    with transaction.atomic():
        restoring._empty()
    ContentType.objects.clear_cache()
    assert ContentType.objects.get_for_model(Feed).pk != of_backup
    restoring.restore_backup(tmp_path / "b", replace=True)
    assert ContentType.objects.get_for_model(Feed).pk == of_backup
    assert Permission.objects.get(codename="view_feed").content_type_id == of_backup
