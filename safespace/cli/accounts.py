"""safespace create-admin: appoints the first administrator or clinician of a location, which its log shows."""

import click

from safespace.cli.ground import console, database, the_keys, the_settings, unit
from safespace.groups.hours import clock
from safespace.groups.locations import LocationDraft, found_location, location_of_name
from safespace.groups.models import Location
from safespace.groups.staff import NewStaff, appoint_first
from safespace.kernel.refusals import ConflictError, InvalidError
from safespace.kernel.work import Work
from safespace.policy.roles import Role
from safespace.settings import Settings

ENROL = "/in/welkom"
OFFICE = [[day, 9 * 60, 17 * 60] for day in range(5)]
WORDS = {
    "empty": "is empty",
    "too_long": "is too long",
    "taken": "is taken",
    "phone_wrong": "is no number that can be called in the Netherlands",
}


@click.command("create-admin")
@click.option("--location", prompt="Name of the location", help="An existing location, or the name of a new one.")
@click.option("--crisis-phone", default="", help="Opens the location when it does not exist yet, with this number.")
@click.option(
    "--role",
    type=click.Choice([Role.ADMINISTRATOR.value, Role.CLINICIAN.value]),
    default=Role.ADMINISTRATOR.value,
    show_default=True,
)
@click.option("--name", prompt="Name that colleagues see")
@click.option("--title", default="", help="Role that youths and colleagues see, such as 'behandelaar'.")
def create_admin(*, location: str, crisis_phone: str, role: str, name: str, title: str) -> None:
    """Appoint the first administrator (or clinician) of a location and print the link to enrol with.

    Only the first of a role at a location is appointed here; all others are, by an administrator, in the service.
    """
    settings = the_settings()
    keys = the_keys(settings)
    chosen = Role(role)
    words = title or {Role.ADMINISTRATOR: "beheerder"}.get(chosen, "behandelaar")
    try:
        with database(settings) as engine, unit(settings, engine, keys) as work:
            place = _place(work, location, crisis_phone)
            made = appoint_first(work, place.id, role=chosen, staff_name=name, role_title=words)
    except InvalidError as error:
        raise click.ClickException(
            "; ".join(f"{field} {WORDS.get(c, c)}" for field, c in error.errors.items())
        ) from error
    except ConflictError as error:
        raise click.ClickException(
            f"{location} has {words} already; an administrator of {location} appoints the next one in the service."
        ) from error
    _tell(settings, made)


def _place(work: Work, name: str, crisis_phone: str) -> Location:
    found = location_of_name(work, name.strip())
    if found is not None:
        return found
    if not crisis_phone:
        raise click.ClickException(f"There is no location {name!r}. Give --crisis-phone to open it.")
    opened = found_location(work, LocationDraft(name=name, crisis_phone=crisis_phone, hours=OFFICE))
    hours = f"{clock(OFFICE[0][1])}-{clock(OFFICE[0][2])}"
    console.print(f"Opened location {opened.name}, Monday to Friday {hours}; an administrator can change that.")
    return opened


def _tell(settings: Settings, made: NewStaff) -> None:
    origin = settings.origins[0] if settings.origins else "http://127.0.0.1:8080"
    console.print(f"Sign-in name: {made.sign_in_name}", markup=False)
    console.print(f"Link, once, until {made.expires_at:%Y-%m-%d %H:%M} UTC:")
    console.print(f"{origin}{ENROL}#{made.token}", markup=False)
