"""The time when a feed is due again. Pure: times in, times out."""
