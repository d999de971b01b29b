"""An article of which its feed gives only a part → its whole text, from its page. A queue like the pictures'.

`queue` says what is due and works on it, `fetch` asks for the pages of one article (`robots` and `robots_files` whether
it may), `page_body` reads them (pure), `choice` decides whether what they have stands in the place of the feed's text.
What stands there is written by articles.ingest.store; the pages are kept, so that `reextract` can do better later.
"""
