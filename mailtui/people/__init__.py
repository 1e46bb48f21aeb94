"""People who can be proposed as recipients: those written to, and those in the person's address book."""
