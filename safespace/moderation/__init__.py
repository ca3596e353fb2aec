"""The only door into and out of a thread: nothing is shown to a group without a decision by a clinician."""
