"""Notices: the articles that rules tell their readers of.

In: articles that a rule with "tell me" hits as they come in. Out: a row for each reader and article, told once. What
was read before, came in as history, is older than a week, or is the same as what was told already, is not told.
"""
