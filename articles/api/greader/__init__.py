"""The Google Reader API, as FreshRSS and Miniflux serve it and as the apps of today ask it.

In: an app's request. Out: JSON or plain text in the exact form that their decoders need. Pure are
the names: of items (`item_ids`), of places in a stream (`places`) and of streams (`stream_names`).
"""
