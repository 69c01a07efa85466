"""A whole stretch of signing -> its glosses in order, and an English sentence, from landmarks."""
