"""Fever, the other interface that apps speak: https://feedafever.com/api as it was, and what FreshRSS made of it.

In: an app's request, with any number of selectors. Out: one JSON document with what each asks.
"""
