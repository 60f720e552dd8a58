"""Kinds of shops in words."""

from kindpakket.domain.categories import bits_of
from kindpakket.domain.language import DUTCH, Catalogue, use_catalogue
from kindpakket.services.decisions.describe import say_categories


def test_kinds_of_shops_have_their_names_in_dutch_and_in_english() -> None:
    bits = bits_of(["childrens_clothing", "off_licences", "second_hand"])
    assert say_categories(bits) == "baby- en kinderkleding; dranken; antiek en tweedehands goederen"
    with use_catalogue(Catalogue("en", DUTCH.text, DUTCH.plural)):
        assert say_categories(bits) == (
            "baby and children's clothing; drinks shops; antiques and second-hand goods"
        )
