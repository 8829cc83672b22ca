"""The service's voice, with the community's own readings of words."""

from bot.failure import Failure
from bot.settings import Settings
from flows.profile import Profile
from locales.load import ProfileError, load_profile
from locales.pronunciation import pronunciation
from voice.synthesis import build
from voice.synthesis.voice import Voice


def open_voice(settings: Settings, profile: Profile | None = None) -> Voice:
    """`profile`: read from the settings when it is not given. Raises `Failure`."""
    try:
        readings = pronunciation(profile or load_profile(settings.community))
    except ProfileError as error:
        raise Failure(str(error)) from None
    return build(settings.voice, settings.models, settings.sounds, readings)
