"""QR codes as data URLs, embedded in the page."""

from base64 import b64encode

import qrcode
import qrcode.image.svg


def qr_image(content: str) -> str:
    """Return the data URL of an image of a QR code."""
    image = qrcode.make(content, image_factory=qrcode.image.svg.SvgPathImage)
    return "data:image/svg+xml;base64," + b64encode(image.to_string()).decode()
