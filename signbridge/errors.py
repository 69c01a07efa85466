"""The few errors a caller can act on; everything else is a defect."""


class SignBridgeError(Exception):
    """Base of all errors whose message is written for the person who caused them."""


class BadInputError(SignBridgeError):
    """A clip, label file or landmark file can't be used; the message says why and what to do."""


class SettingsError(SignBridgeError):
    """A setting has a value that means nothing; the message lists the choices."""


class BackendUnavailableError(SignBridgeError):
    """A recognizer, composer or voice can't start; the message says what is missing."""


class QuestionRefusedError(BackendUnavailableError):
    """A server answers others, but refuses this question as too long or malformed."""


class CheckpointError(SignBridgeError):
    """A model folder is incomplete or its parts disagree."""


class UngroundedError(SignBridgeError):
    """A sentence says what nobody signed; the message names the words."""
