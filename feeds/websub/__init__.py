"""WebSub (https://www.w3.org/TR/websub/), the subscriber's side: hubs tell of what is new before a poll would."""
