"""The one error of this package that a person reads."""


class CannotStart(Exception):
    """Something on this machine is not as needed. The message is one line and says what to do."""
