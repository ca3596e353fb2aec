"""A pure reading aid: orders the queue and shows why, never places and never refuses a post."""
