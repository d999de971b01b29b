"""Lists of articles, a page at a time, and what a reader did with them.

In: a Selection and a reader. Out: a ListPage. `reader_state` is the only writer of what readers did.
"""
