"""Addresses of the doors for apps, by every prefix that their presets append."""

from django.urls import URLPattern, include, path, re_path

from articles.api.fever import views as fever
from articles.api.greader import views as greader

API = "reader/api/0"

_greader: list[URLPattern] = [
    path("accounts/ClientLogin", greader.client_login),
    path(f"{API}/token", greader.token),
    path(f"{API}/user-info", greader.user_info),
    path(f"{API}/subscription/list", greader.subscription_list),
    path(f"{API}/tag/list", greader.tag_list),
    path(f"{API}/unread-count", greader.unread_count),
    path(f"{API}/stream/items/ids", greader.item_ids),
    path(f"{API}/stream/items/contents", greader.item_contents),
    re_path(rf"^{API}/stream/contents/?$", greader.stream_contents),
    re_path(rf"^{API}/stream/contents/(?P<stream>.+)$", greader.stream_contents),
    path(f"{API}/edit-tag", greader.edit_tag),
    path(f"{API}/mark-all-as-read", greader.mark_all_as_read),
    path(f"{API}/subscription/edit", greader.subscription_edit),
    path(f"{API}/subscription/quickadd", greader.quick_add),
    path(f"{API}/subscription/export", greader.export_document),
    path(f"{API}/subscription/import", greader.import_document),
    path(f"{API}/rename-tag", greader.rename_tag),
    path(f"{API}/disable-tag", greader.disable_tag),
    re_path(r"^reader/atom/(?P<stream>.+)$", greader.atom_stream),
    *(
        path(f"{API}/{name}", greader.nothing)
        for name in ("preference/list", "preference/stream/list", "friend/list", "subscribed")
    ),
]

urlpatterns = [
    path("", include(_greader)),
    path("api/greader.php/", include(_greader)),
    path("api/v1/", include("articles.api.rest.urls")),
    re_path(r"^fever/?$", fever.fever),
    path("api/fever.php", fever.fever),
]
