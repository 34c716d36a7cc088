"""The words of the explanation, in Indonesian and English. The first message explains and offers help."""

from services.evaluation.model.result import Line, Raise
from services.evaluation.model.words import COACH, TIMELINESS
from shared.events.evaluation import Outcome

RATED = ("survey_competence", "survey_behaviour", COACH)

MONTHS = {
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
    "en": "January February March April May June July August September October November December",
}

LINES = {
    "id": {
        "reference": "Titik awal: sesuai ekspektasi",
        "on_time": "{count} layanan {subject} tepat waktu",
        "late": "{count} layanan {subject} terlambat",
        "set_aside": "{count} keterlambatan dikesampingkan (hari yang luar biasa)",
        "unreferenced": "{count} layanan {subject} belum memiliki acuan",
        "handled": "{count} layanan ditangani",
        "incidents_of_month": "{count} kejadian yang diadukan pada {month}",
        "incidents": "{count} kejadian yang diadukan",
        "praise": "{count} apresiasi",
        "voices": "{count} suara survei",
        "coach": "{count} penilaian pendamping",
        "whole": "Hadir penuh",
        "absent": "{count} hari tanpa keterangan dalam 12 bulan",
        "base": "Nilai dasar",
        "learned": "{count} JP dalam 12 bulan",
        "proposal": "Usulan inovasi terbaik",
        "limit": "Batas nilai 0 sampai 100",
        "rounding": "Pembulatan",
    },
    "en": {
        "reference": "Starting point: as expected",
        "on_time": "{count} {subject} on time",
        "late": "{count} {subject} late",
        "set_aside": "{count} late services set aside (an exceptional day)",
        "unreferenced": "{count} {subject} without a reference yet",
        "handled": "{count} services handled",
        "incidents_of_month": "{count} incidents complained about in {month}",
        "incidents": "{count} incidents complained about",
        "praise": "{count} words of praise",
        "voices": "{count} voices of the survey",
        "coach": "{count} scores of coaches",
        "whole": "Always present",
        "absent": "{count} days of unexcused absence in 12 months",
        "base": "Basic score",
        "learned": "{count} learning hours (JP) in 12 months",
        "proposal": "The best proposal of an innovation",
        "limit": "Limit of the score, 0 to 100",
        "rounding": "Rounding",
    },
}

OF_ONE = {
    "set_aside": "1 late service set aside (an exceptional day)",
    "handled": "1 service handled",
    "incidents_of_month": "1 incident complained about in {month}",
    "incidents": "1 incident complained about",
    "praise": "1 word of praise",
    "voices": "1 voice of the survey",
    "coach": "1 score of a coach",
    "absent": "1 day of unexcused absence in 12 months",
    "learned": "1 learning hour (JP) in 12 months",
}
"""Of English only: Indonesian has no plural here."""

PARTS = {
    "id": {
        "timeliness": "Ketepatan waktu",
        "delay": "Pengaduan penundaan",
        "procedure": "Pengaduan prosedur dan kompetensi",
        "behaviour": "Pengaduan perilaku",
        "survey_competence": "Survei: kompetensi pelaksana",
        "survey_behaviour": "Survei: perilaku pelaksana",
        "coach": "Penilaian pendamping",
        "attendance": "Kehadiran",
        "learning": "Jam pelajaran",
        "innovation": "Inovasi",
    },
    "en": {
        "timeliness": "Timeliness",
        "delay": "Complaints about delay",
        "procedure": "Complaints about procedure and competence",
        "behaviour": "Complaints about behaviour",
        "survey_competence": "Survey: competence",
        "survey_behaviour": "Survey: behaviour",
        "coach": "Coach's scores",
        "attendance": "Attendance",
        "learning": "Learning hours",
        "innovation": "Innovation",
    },
}

DIMENSIONS = {
    "id": {"discipline": "Disiplin", "competence": "Kompetensi", "conduct": "Perilaku kerja", "innovation": "Inovasi"},
    "en": {"discipline": "Discipline", "competence": "Competence", "conduct": "Conduct", "innovation": "Innovation"},
}

OUTCOMES = {
    "id": {
        Outcome.NOT_ENOUGH_EVIDENCE: "Data belum cukup untuk dinilai. Terima kasih atas pekerjaan Anda sejauh ini.",
        Outcome.ISOLATED: "Ini tampak sebagai kejadian tersendiri. Pekerjaan Anda baik; tidak perlu pelatihan.",
        Outcome.INCONCLUSIVE: "Datanya tidak menunjukkan pola yang jelas. Tidak ada kebutuhan pelatihan.",
        Outcome.WATCH: "Ada tanda awal yang layak diperhatikan. Bila berkenan, kami menawarkan pendampingan pribadi.",
        Outcome.NEED: "Datanya menunjukkan bahwa pelatihan akan membantu. Pelatihan adalah dukungan, bukan hukuman.",
    },
    "en": {
        Outcome.NOT_ENOUGH_EVIDENCE: "There is not enough evidence to score yet. Thank you for your work so far.",
        Outcome.ISOLATED: "This looks like an isolated case. Your work is good; no training is needed.",
        Outcome.INCONCLUSIVE: "The evidence shows no clear pattern. There is no training need.",
        Outcome.WATCH: "There are first signs worth attention. We offer you coaching in private, if you wish.",
        Outcome.NEED: "The evidence shows that training would help. Training is support, not a sanction.",
    },
}

PROVISIONAL = {
    "id": "Hasil ini sementara. Atasan langsung Anda menegaskannya sebelum berlaku, dan Anda berhak menanggapinya.",
    "en": "This result is provisional. Your superior confirms it before it counts, and you have a right of reply.",
}


def line(shown: Line, language: str) -> str:
    """A line as it is read."""
    texts = LINES[language] | (OF_ONE if language == "en" and shown.count == 1 else {})
    return texts[shown.kind].format(
        count=shown.count, subject=shown.subject.upper(), month=_month(shown.subject, language)
    )


def _month(subject: str, language: str) -> str:
    """`"2026-05"` as it is read; anything else as it is."""
    year, _, month = subject.partition("-")
    return f"{MONTHS[language].split()[int(month) - 1]} {year}" if month.isdigit() else subject


RULES = {
    "id": {
        "services": "Dibandingkan dengan keterlambatan yang lazim pada layanan yang sama; 85 berarti sama",
        "complaints": "Dibandingkan dengan pengaduan yang lazim untuk jumlah layanan yang sama; 85 berarti sama",
        "ratings": "Dibandingkan dengan penilaian yang lazim; 85 berarti sama; satu suara tiap orang tiap triwulan",
        "attendance": "100 dikurangi nilai tetap untuk setiap hari tanpa keterangan dalam 12 bulan",
        "learning": "Nilai dasar ditambah bagian dari jam pelajaran yang wajib dalam 12 bulan",
        "innovation": "Rata-rata lima kriteria dari usulan terbaik dalam 12 bulan",
    },
    "en": {
        "services": "Compared with how often the same services are late; 85 is as usual",
        "complaints": "Compared with how many complaints so many services usually bring; 85 is as usual",
        "ratings": "Compared with how people usually rate; 85 is as usual; one voice a person and quarter",
        "attendance": "100 less a fixed amount for each day of unexcused absence in 12 months",
        "learning": "A basic score, and the share of the learning hours owed in 12 months",
        "innovation": "The mean of the five criteria of the best proposal in 12 months",
    },
}


def rule(part: str, language: str) -> str:
    """How a part is judged, in a sentence."""
    kind = "services" if part == TIMELINESS else "ratings" if part in RATED else part
    return RULES[language].get(kind, RULES[language]["complaints"])


RAISES = {
    "id": {
        "on_time": "{count} layanan {subject} berikutnya tepat waktu",
        "dismissed": "Pengaduan yang belum diputus dinyatakan tidak terbukti",
        "praise": "Satu apresiasi lagi dari warga",
        "learned": "{count} JP lagi",
        "present": "Hadir penuh 12 bulan",
    },
    "en": {
        "on_time": "The next {count} {subject} on time",
        "dismissed": "The complaints that are pending turn out to be unfounded",
        "praise": "One more word of praise by a citizen",
        "learned": "{count} more learning hours (JP)",
        "present": "12 months without unexcused absence",
    },
}


def raised(shown: Raise, language: str) -> str:
    """What would raise a score, as it is read."""
    return RAISES[language][shown.kind].format(count=shown.count, subject=shown.subject.upper())
