"""Feeds from pages that are none: a recipe says where a page, or a JSON document, has its items. Pure.

`read.read` makes a ParsedFeed of a page by its recipe, `propose.propose` recipes of a page. Both see pages from outside
and what readers wrote, and are called in `feeds.sandbox` alone. `recipe` is what is kept.
"""
