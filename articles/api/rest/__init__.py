"""Our own API: JSON under /api/v1/.

In: a request with an app password. Out: JSON as the tables of `shapes` and `operations` say, which `openapi` describes.
"""
