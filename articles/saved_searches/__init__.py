"""The searches that a reader keeps under a name.

In: a reader, a selection. Out: what is kept of it, and the selection again. Seen by their reader alone.
"""
