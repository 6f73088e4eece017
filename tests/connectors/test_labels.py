"""Words of a CRM, compared as people write them."""

import pytest

from app.connectors.crm_labels import fold_label


@pytest.mark.parametrize(
    "written", ["Phone screen", "phone-screen", "PHONE_SCREEN", " Phone  Screen ", "Phone\u2013screen"]
)
def test_case_and_separators_make_no_other_word(written):
    assert fold_label(written) == "phone screen"


def test_an_accent_is_the_same_however_it_is_encoded():
    assert fold_label("Entrevue te\u0301le\u0301phonique") == fold_label("entrevue t\u00e9l\u00e9phonique")


@pytest.mark.parametrize("other", ["Phone screens", "Phonescreen 2", "Phone screen (2)"])
def test_other_words_stay_other_words(other):
    assert fold_label(other) != fold_label("Phone screen")
