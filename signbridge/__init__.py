"""American Sign Language video into English text and speech."""

__version__ = "0.1.0"
