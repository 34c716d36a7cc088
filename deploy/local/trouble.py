"""What the newcomer is told when something is wrong."""


class Trouble(Exception):
    """One line that says what is wrong and what to do."""
