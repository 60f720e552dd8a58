"""The route of the help desk's contact details."""

from typing import Annotated

from pydantic import Field

from kindpakket.api.parts import OnSite, new_router
from kindpakket.api.schemas import Body

router = new_router()


class HelpAnswer(Body):
    """Contact details of the help desk, from the settings, as on every letter."""

    municipality: str
    phone: str
    email: str
    desk: Annotated[str, Field(description="Where people can come, and when")]


@router.get("/help", tags=["facts"])
def get_help(site: OnSite) -> HelpAnswer:
    """Contact details of the municipality's help desk."""
    told = site.municipality
    return HelpAnswer(
        municipality=told.name, phone=told.phone, email=told.email, desk=told.help_desk
    )
