"""Folders of clips: what is in them, the work on each clip, and rows that outlive a kill."""
