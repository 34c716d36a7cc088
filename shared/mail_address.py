"""Whether a text is one mail address and nothing else. Libraries take lists and names for one, and use a part of it."""

import re
from email.errors import MessageError
from email.headerregistry import Address


def is_mail_address(text: str) -> bool:
    """One addr-spec of RFC 5322 without comments; letters beyond ASCII as RFC 6531 allows them."""
    plain = re.sub(r"[^\x00-\x7f]", "x", text)  # the parser takes them for a defect of the local part
    try:
        return text.isprintable() and Address(addr_spec=plain).addr_spec == plain
    except (MessageError, ValueError, IndexError):
        return False
