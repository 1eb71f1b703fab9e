"""
Errors that a consultant can act on.

Every message says what is wrong, where, which value, and what to do. Anything
derived from :class:`KpikitError` is shown without a traceback.
"""


class KpikitError(Exception):
    """Base of every error that the user of kpikit can fix."""


class EngagementError(KpikitError):
    """
    The engagement file is not usable.

    Parameters
    ----------
    problems : list of str
        All problems at once, one sentence each.
    where : str
        The file they were found in.
    """

    def __init__(self, problems: list[str], where: str = "engagement.yml"):
        self.problems = list(problems)
        self.where = where
        lines = "\n".join(f"  - {problem}" for problem in self.problems)
        count = len(self.problems)
        super().__init__(f"{where}: {count} problem{'s' if count != 1 else ''}\n{lines}")


class InputDataError(KpikitError):
    """A table or a number breaks a limit; the message names the rows."""


class ReportError(KpikitError):
    """A chapter could not be executed or a page could not be written."""
