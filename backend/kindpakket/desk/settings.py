"""Settings of the desk."""

from collections.abc import Callable
from dataclasses import dataclass

from kindpakket.oidc.provider import Provider
from kindpakket.oidc.tokens import Audience
from kindpakket.services.bookkeeping.journal import JournalSettings
from kindpakket.services.paper.stationery import Stationery
from kindpakket.settings import Settings
from kindpakket.site import Site


@dataclass(frozen=True)
class DeskSettings:
    """What the desk takes from the settings."""

    site: Site
    journal: JournalSettings
    """Where the municipality books what in its own ledger."""
    payer_name: str | None = None
    """The holder of the account that payouts come from; by default the municipality."""
    payer_iban: str | None = None
    payer_bic: str | None = None
    examples: tuple[str, ...] = ()
    """The names of settings with example values, with which no payout is prepared."""

    @property
    def municipality(self) -> str:
        """The name of the municipality."""
        return self.site.municipality.name

    @property
    def letterhead(self) -> Stationery:
        """The municipality's details on what is no letter to parents; possibly an example's."""
        about = self.site.municipality
        return Stationery(
            municipality=about.name,
            app_address=self.site.address,
            phone=about.phone,
            email=about.email,
            desk=about.help_desk,
            look=self.site.look,
        )


def make_provider(settings: Settings, now: Callable[[], int]) -> Provider | None:
    """Return the identity provider of work accounts; None without one."""
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return None
    given, file = settings.oidc_client_secret, settings.oidc_client_secret_file

    def secret() -> str | None:  # read at each use, so that the file can be replaced
        return file.read_text().strip() if file else given

    return Provider(Audience(settings.oidc_issuer, settings.oidc_client_id), secret, now)
