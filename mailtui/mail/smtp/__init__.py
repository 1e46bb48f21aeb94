"""One submission by SMTP: the line, the log-in, the transaction (RFC 5321, 6409)."""
