"""When a feed is asked next. Pure arithmetic on what is known of it."""
