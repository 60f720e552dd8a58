"""QR codes on a page, drawn in the page itself: nobody else is asked for them."""

from base64 import b64encode

import qrcode
import qrcode.image.svg


def qr_image(content: str) -> str:
    """Return the address of an image that holds a QR code."""
    image = qrcode.make(content, image_factory=qrcode.image.svg.SvgPathImage)
    return "data:image/svg+xml;base64," + b64encode(image.to_string()).decode()
