"""The feeds that are due, who polls them, what a poll leaves on its feed, and how a host or the network is doing.

In: the time, or an Outcome of feeds.http.fetch with its ParsedFeed. Out: claims to be polled, and a row of history.
"""
