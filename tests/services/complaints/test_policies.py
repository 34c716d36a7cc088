"""The shipped policies hold the taxonomy of the law."""

from datetime import date

import pytest

from services.complaints.app import service
from services.complaints.model.policies import CategoriesPolicy, FilingPolicy
from shared.events.frontoffice import ComplaintSubmitted
from shared.policy import without_database

POLICIES = without_database(service.folder / "policy", service.policies)
DAY = date(2026, 11, 24)
CATEGORIES = POLICIES.in_force(CategoriesPolicy, "categories", DAY)

TAXONOMY = {
    "undue_delay": ("tidak_berkadar", "discipline", "delay", "at_filing"),
    "no_service": ("tidak_berkadar", "discipline", "delay", "at_filing"),
    "procedure": ("tidak_berkadar", "competence", "procedure", "at_filing"),
    "incompetence": ("tidak_berkadar", "competence", "procedure", "at_filing"),
    "improper_conduct": ("tidak_berkadar", "conduct", "behaviour", "after_verification"),
    "partiality": ("tidak_berkadar", "conduct", "behaviour", "after_verification"),
    "discrimination": ("tidak_berkadar", "conduct", "behaviour", "after_verification"),
    "reward_demanded": ("berkadar", None, None, "never"),
    "abuse_of_authority": ("berkadar", None, None, "never"),
    "conflict_of_interest": ("berkadar", None, None, "never"),
    "aspiration": ("aspirasi", None, None, "never"),
    "information_request": ("permintaan_informasi", None, None, "never"),
    "praise": ("apresiasi", None, None, "never"),
}


@pytest.mark.parametrize("code", TAXONOMY)
def test_each_category_has_its_class_dimension_part_and_trigger(code: str) -> None:
    category = CATEGORIES.category(code)
    assert category is not None
    assert (category.kind, category.dimension, category.part, category.trigger.value) == TAXONOMY[code]


def test_there_are_no_other_categories() -> None:
    assert [category.code for category in CATEGORIES.categories] == list(TAXONOMY)


def test_the_policies_are_in_force_from_the_first_day_of_2025() -> None:
    assert POLICIES.in_force(FilingPolicy, "filing", date(2025, 1, 1)).after_service_days.value == 30
    with pytest.raises(LookupError):
        POLICIES.in_force(FilingPolicy, "filing", date(2024, 12, 31))


def test_a_text_that_the_policy_allows_fits_the_contract() -> None:
    allowed = POLICIES.in_force(FilingPolicy, "filing", DAY).text_length.value
    assert ComplaintSubmitted(category="undue_delay", text="x" * allowed)
