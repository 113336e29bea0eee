"""The errors that a user can meet: each names the value and the fix, and carries the exit code."""


class CrmError(Exception):
    """Something failed in a way that its message explains. Exit code 1: the work failed."""

    exit_code = 1


class UsageError(CrmError):
    """The command or a setting was wrong, and nothing was started. Exit code 2."""

    exit_code = 2


class MismatchError(CrmError):
    """The artefact and the warehouse were made from different models: no other try will help."""


class UnreachableError(CrmError):
    """There is no connection to the warehouse. Its message holds no data."""
