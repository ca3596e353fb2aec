"""What can be permitted. One line says what each permission lets somebody do."""

import enum


class Permission(enum.Enum):
    """A thing somebody may be allowed to do."""

    ENTER = "open a page that everybody may open"
    BE_SIGNED_IN = "use a page of one's own account"
    JOIN_GROUP = "join a group with a code"
    READ_GROUP = "read what a group may see"
    READ_POST = "read one post"
    WRITE_POST = "send a post to be read by staff"
    CHANGE_OWN_POST = "edit, resubmit or withdraw a post of one's own"
    KEEP_SAFETY_CONTACT = "add or remove one's own safety contact"
    HAVE_OWN_PLACE = "see together what became of one's own posts"
    READ_QUEUE = "read what waits for a human"
    REVIEW = "decide on a post, set severity, flag"
    ANSWER = "write in a thread as staff"
    PIN = "pin an item or post"
    CARE_FOR_MEMBER = "give a member a break, or end a membership"
    LEAVE_GROUP = "end one's own membership"
    READ_LIBRARY = "read psycho-education"
    WRITE_LIBRARY = "write psycho-education"
    HAND_OUT_CODE = "enter the care reference of an invitation that one hands out"
    OPEN_LOCATION = "open a new location"
    MANAGE_LOCATION = "change a location, its groups and hours"
    MANAGE_STAFF = "grant and revoke roles, enrol staff"
    MANAGE_INVITATIONS = "make, print and revoke invitations"
    MANAGE_HELP_LINES = "change the help lines"
    READ_AUDIT = "read the audit log of a location"
