"""Trains the sequence recognizer: from composed streams, or from a corpus of sentences."""
