"""A chat model on an OpenAI-compatible endpoint writes the sentence; nothing it adds is kept."""
