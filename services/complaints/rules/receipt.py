"""Receipt codes: a keyed hash of the complaint's id, in a form that can be read out over a telephone."""

import hashlib
import hmac
from datetime import datetime
from uuid import UUID

from shared.keys import DatedKeys

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 16, 4  # 80 bits in four groups
MISREAD = str.maketrans("OIL", "011", "- ")


def receipt_code(key: bytes, complaint_id: UUID) -> str:
    """The code of a complaint, e.g. `7ZK2-0Q9M-HT5X-3C8V`. Never stored: it is computed again where it is due."""
    number = int.from_bytes(hmac.digest(key, complaint_id.bytes, "sha256")[:10])
    letters = "".join(CROCKFORD[number >> 5 * place & 31] for place in reversed(range(LENGTH)))
    return "-".join(letters[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def code_of(keys: DatedKeys, complaint_id: UUID, hashed: bytes) -> str | None:
    """The code that a complaint was given, by whichever key; none where that key was withdrawn."""
    codes = (receipt_code(key, complaint_id) for key in keys.newest_first)
    return next((code for code in codes if receipt_hash(code) == hashed), None)


def receipt_hash(code: str) -> bytes:
    """What is stored of a code; the same however it was typed (small letters, no hyphens, O for 0, I or L for 1)."""
    return hashlib.sha256(code.upper().translate(MISREAD).encode()).digest()


PAGES = {
    "id": """TANDA TERIMA PENGADUAN

Kode tanda terima   {code}
Diterima            {at}

Dengan kode ini Anda dapat mengikuti pengaduan, menjawab pertanyaan, membaca
jawaban, dan memperbaiki atau menghapus data Anda. Simpan baik-baik: kode
hanya ditunjukkan sekali, dan siapa yang memegangnya dapat membaca pengaduan.
""",
    "en": """RECEIPT OF A COMPLAINT

Receipt code        {code}
Received            {at}

With this code you can follow the complaint, answer questions, read the
answer, and correct or erase your data. Keep it safe: it is shown once, and
whoever holds it can read the complaint.
""",
}


def page(code: str, filed_at: datetime, language: str) -> str:
    """A receipt to be printed or read out, in the citizen's language (`id` or `en`). `filed_at` is local."""
    return PAGES[language].format(code=code, at=f"{filed_at:%d/%m/%Y %H:%M}")
