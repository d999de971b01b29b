"""A reader's notes on articles, and the passages that they marked: private, searchable, theirs to take along.

In: a reader, an article, words of it and of theirs. Out: notes, where their passages stand in the article as it is now,
which articles have notes. Seen by their reader alone.
"""
