"""The demonstration: its firm, its story, its mailbox."""
