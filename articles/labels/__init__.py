"""A reader's labels on articles: named, coloured, several on one.

In: a reader, articles, names. Out: which labels an article has, which articles a label. Seen by their reader alone.
"""
