"""The step in which somebody gets a private name, a passphrase and a recovery code: for joining and for enrolment."""

from typing import Any

from flask import request

from safespace.accounts.credentials import hash_secret
from safespace.accounts.passphrases import accept_passphrase, new_passphrase, new_recovery_code
from safespace.accounts.signing_in import recovery_secret
from safespace.host.work import host
from safespace.kernel.refusals import InvalidError


def offered(data: dict[str, Any]) -> dict[str, Any]:
    """Give what is kept with a passphrase and a recovery code in it, the same ones at every look."""
    if "made" in data:
        return data
    return data | {"made": new_passphrase(host().settings), "recovery": new_recovery_code()}


def chosen(data: dict[str, Any], *context: str) -> dict[str, str]:
    """Give the hashes of what was chosen: one's own passphrase, or the offered one when the field was left empty.

    Raises InvalidError for `passphrase`, and for `written_down` when the tick is missing. Slow: outside a unit of work.
    """
    settings = host().settings
    own = request.form.get("passphrase", "")
    words = accept_passphrase(settings, own, context=context) if own.strip() else data["made"]
    if not request.form.get("written_down"):
        raise InvalidError(written_down="write_it_down")
    return {
        "passphrase_hash": hash_secret(settings, words),
        "recovery_hash": hash_secret(settings, recovery_secret(data["recovery"])),
    }
