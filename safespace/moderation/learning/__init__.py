"""Learning from decisions: what humans said about texts, and what of it may raise the next one by one level."""
