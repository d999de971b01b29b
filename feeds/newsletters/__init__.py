"""Newsletters as feeds: a folder of a mailbox is read, and never changed; each newsletter in it is a feed, each message
an article."""
