"""From the entries of a feed document to stored articles: decide, sanitize, store.

`pipeline.refresh` is the one way through; `store` the only writer of articles.
"""
