"""Rules of a reader's own: a query of the search language, and what is done to the articles that it finds.

In: a reader's rules, articles that came in or changed. Out: marks, stars, labels, and for each article what which rule
did, so that it can be shown and taken back. A rule hits exactly what its query finds: `judge` asks what searches ask.
"""
