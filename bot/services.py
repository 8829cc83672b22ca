"""The parts of a running service, built once and handed to channels, pages and background work."""

from dataclasses import dataclass
from functools import cached_property

from fastapi.requests import HTTPConnection

from bot.dialogue.dialogue import Dialogue
from bot.hearing.second import SecondHearing
from bot.settings import Settings
from bot.storage.database import Database
from bot.storage.recordings import Recordings
from flows.community import Community
from locales.wording import Wording
from voice.recognition.protocol import Recogniser
from voice.synthesis.protocol import Synthesiser


@dataclass(frozen=True)
class Services:
    settings: Settings
    database: Database
    """Engine and transactions."""
    community: Community
    wording: Wording
    """Prompts to text and to speakable clauses."""
    recordings: Recordings
    """Encrypted store of what residents gave: sound and pictures."""
    dialogue: Dialogue
    """Takes one turn in one commit."""
    recogniser: Recogniser
    synthesiser: Synthesiser
    """Cached: a clause spoken before comes back in well under a millisecond."""

    @cached_property
    def second(self) -> SecondHearing:
        """Listens to answers once more."""
        return SecondHearing(self.recogniser, self.community)

    @staticmethod
    def of(connection: HTTPConnection) -> "Services":
        """The services behind a request or a websocket: `Depends(Services.of)`."""
        services = connection.app.state.services
        assert isinstance(services, Services)
        return services
