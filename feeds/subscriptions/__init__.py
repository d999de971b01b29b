"""The feeds that each reader follows, and those that a reader may see. A feed is fetched and kept once, whoever reads
it.

In: a reader, a feed. Out: querysets of feeds (`visibility`), rows of what is a reader's own (`own`). `visibility` is
the one place that says who may see what: lists, searches, articles by their address and outputs all go by it.

A reader follows all of the site's feeds, which takes no row at all, or their own choice of them: a `Subscription` each,
in categories of their own. A feed that is not shared with the site is seen by its subscribers alone, and is one more
subscription for who follows all.
"""
