"""The documents that leave this site, in the forms that other programs read."""
