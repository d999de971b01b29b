"""The places of a reader in the sounds and films that they hear and see here: kept with the account, so that another
device goes on there. In: a reader, an article, a file's key. Out: seconds."""
