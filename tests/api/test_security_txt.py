"""``/.well-known/security.txt`` (RFC 9116)."""

import pytest
from fastapi.testclient import TestClient

from kindpakket.main import build_app
from kindpakket.settings import Settings
from tests.support.town import Town

PATH = "/.well-known/security.txt"


def test_it_says_where_to_report_a_vulnerability(still_town: Town) -> None:
    settings = Settings(
        data=still_town.directory,
        app_address="https://kindpakket.zuidhorn.nl/",
        security_contact="mailto:veilig@zuidhorn.nl",
    )
    with TestClient(build_app(still_town.workspace, settings)) as http:
        answer = http.get(PATH)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.splitlines() == [
        "Contact: mailto:veilig@zuidhorn.nl",
        "Expires: 2027-04-15T00:00:00Z",  # ninety days after the day of the town's clock
        "Preferred-Languages: nl, en",
        "Canonical: https://kindpakket.zuidhorn.nl/.well-known/security.txt",
    ]


def test_without_a_contact_there_is_none(still_town: Town) -> None:
    answer = still_town.http.get(PATH)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("uri", ["veilig@zuidhorn.nl", "javascript:alert(1)", "mailto:a@b\nX: y"])
def test_a_contact_is_an_address(uri: str) -> None:
    with pytest.raises(ValueError, match="security_contact"):
        Settings(security_contact=uri)
