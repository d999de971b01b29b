"""The storage of static files: under names that carry their hash, with a gzip copy beside each."""

from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Django's own patterns (support_js_module_import_aggregation) read comments, too: one in a file of django-htmx, which
# nobody loads, names a module that there is not.
_IMPORT = r"""(?P<matched>import (?P<names>\{[^{}]*+\}) from "(?P<url>\./[^"]*+)";)"""


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise gives no types for it
    """Without brotli copies: they would save a browser some kilobytes once, and cost the first start 7 s of CPU.
    Modules import each other by those names, too: under two names one would be loaded, and run, twice."""

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", ((_IMPORT, 'import %(names)s from "%(url)s";'),)),
    )

    def create_compressor(self, **kwargs: Any) -> Compressor:
        return Compressor(use_brotli=False, **kwargs)
