"""From a stored article to what a page shows of it: pictures and players by this site's addresses, marked hits."""
