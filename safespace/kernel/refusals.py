"""The refusals a use case can raise. They carry codes and ids, never words of a person."""

from typing import Any


class RefusalError(Exception):
    """Something the actor asked cannot be done. `code` names why; the edge finds the sentence for it."""

    code = "refused"

    def __init__(self, code: str | None = None, **facts: Any) -> None:
        self.code = code or type(self).code
        self.facts = facts
        super().__init__(self.code)


class NotFoundError(RefusalError):
    """The object does not exist, or the actor may not know that it does."""

    code = "not_found"


class NotAllowedError(RefusalError):
    """The actor may see the object but may not do this to it."""

    code = "not_allowed"


class ConflictError(RefusalError):
    """Somebody else changed the object first; `facts` say who and what."""

    code = "conflict"


class InvalidError(RefusalError):
    """What was filled in cannot be accepted; `errors` maps a field to a code."""

    code = "invalid"

    def __init__(self, **errors: str) -> None:
        super().__init__("invalid")
        self.errors = errors


class TooManyError(RefusalError):
    """A limit was reached; `facts["seconds"]` says how long to wait."""

    code = "too_many"
