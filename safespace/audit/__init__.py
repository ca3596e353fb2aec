"""The log that outlives people and posts: append-only, hash-chained, without anybody's words."""
