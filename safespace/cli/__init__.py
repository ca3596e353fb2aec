"""Commands for those who run the service; each says what it did and ends with an honest exit code."""
