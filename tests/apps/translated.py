"""A phone in another language, whose walks are written in Dutch."""

import re
from pathlib import Path

from tests.apps.phone import Phone

_TEXTS = Path(__file__).parents[2] / "parent_app/src/texts"
_TEXT = re.compile(r'^\s*(\w+):\s*"((?:[^"\\]|\\.)*)"', re.MULTILINE)


def catalogue(language: str) -> dict[str, str]:
    """The texts of the parent app by key."""
    files = [_TEXTS / f"{language}.ts", *(_TEXTS / language).glob("*.ts")]
    return dict(_TEXT.findall("\n".join(each.read_text() for each in files)))


class TranslatedPhone(Phone):
    """Finds what is asked for in Dutch by the texts of the app's language."""

    language = "ar"

    def said(self, dutch: str | re.Pattern[str]) -> str | re.Pattern[str]:
        """The text in this language; of one with values in it, its longest part without."""
        pattern = re.compile(re.escape(dutch)) if isinstance(dutch, str) else dutch
        texts = sorted(catalogue("nl").items(), key=lambda each: (each[1] != dutch, len(each[1])))
        for key, text in texts:
            if pattern.search(text):
                return max(re.split(r"\{\w+\}", catalogue(self.language)[key]), key=len).strip()
        return dutch
