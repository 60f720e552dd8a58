"""The stylesheet with the brand's colours: tokens over those of ``web_shared/src/design``."""

from dataclasses import asdict

from kindpakket.theme.colours import Brand, dark, light

THEME = ".kindpakket-theme"
"""The selector of the pages' tokens."""


def brand_css(selector: str, colour: str) -> str:
    """Return the tokens of the brand's colours, for light mode and print, and for dark mode."""
    return (
        f"{selector} {{\n{_tokens(light(colour), '  ')}}}\n\n"
        "@media screen and (prefers-color-scheme: dark) {\n"
        f"  {selector} {{\n{_tokens(dark(colour), '    ')}  }}\n}}\n"
    )


def _tokens(brand: Brand, indent: str) -> str:
    return "".join(
        f"{indent}--kindpakket-{_name(name)}: {value};\n" for name, value in asdict(brand).items()
    )


def _name(field: str) -> str:
    """``on_tint`` is ``on-brand-tint``, and ``brand_strong`` is ``brand-strong``."""
    name = field.replace("_", "-")
    return name.replace("tint", "brand-tint") if "brand" not in name else name
