"""Search of categories by a word or an SBI code, in the current language."""

from collections.abc import Collection

from kindpakket.domain import categories
from kindpakket.domain.language import current_catalogue


def find_categories(search: str, besides: Collection[str] = ()) -> list[tuple[str, str]]:
    """Return names and texts of the categories that match a search; an empty search matches all.

    Args:
        besides: names of categories that are returned in any case, such as selected ones.
    """
    return [
        (each.name, say_category(each))
        for each in categories.TABLE
        if each.name in besides or _fits(each, search.lower())
    ]


def say_category(category: categories.Category) -> str:
    """Format a category with its code: ``Winkels in boeken (SBI 4761)``."""
    english = current_catalogue().language == "en"
    name = category.translations["en"] if english else category.dutch
    return f"{name} (SBI {category.sbi})"


def _fits(category: categories.Category, search: str) -> bool:
    names = (category.dutch.lower(), category.english, category.name.replace("_", " "))
    return category.sbi.startswith(search) or any(search in name for name in names)
