"""What is said in danger, and what only sounds like it."""

from flows.words import Words


class EmergencyWords(Words):
    """The file explains how its frames are written; `flows.understanding.frames` reads them."""

    words: dict[str, tuple[str, ...]]
    """Groups of words that frames name as `<group>`."""
    backdrop: tuple[str, ...]
    """Groups that harm nobody: people, places, parts of the body."""
    kinds: dict[str, tuple[str, ...]]
    """Frames of present danger, the kind that outranks the others first: `suicide`, `fire`, `gas`,
    `trapped`, `crime`, `ill`, `missing`, and `help` for a cry that says no more."""
    ask: tuple[str, ...]
    """Frames that may be danger or not: one question decides."""
    idioms: tuple[str, ...]
    """Contain alarming words and mean nothing; masked before anything is looked for."""
    dialect: dict[str, str]
    """Characters of dialect, read as one of Mandarin each."""
    as_heard: tuple[str, ...]
    """Words that were meant, not misheard for another that sounds alike."""
    denied: tuple[str, ...]
    """Directly in front of a word of the frame: it is not so."""
    might: tuple[str, ...]
    """Directly in front of the frame's last word: it has not happened."""
    meant: dict[str, tuple[str, ...]]
    """Per kind, such words that leave it a danger: the intention is one."""
    feared: tuple[str, ...]
    """Some characters in front, in the same clause: feared, supposed, told or compared."""
    unafraid: tuple[str, ...]
    """What only looks like the next."""
    afraid: tuple[str, ...]
    """A few characters in front of what has not happened (no “了”): feared or guessed."""
    past: tuple[str, ...]
    """Anywhere in front: it was once, or keeps happening."""
    now: tuple[str, ...]
    """Between such a time and the frame: back to the present."""
    lasting: tuple[str, ...]
    """Behind the frame: it still is so."""
    over: tuple[str, ...]
    """Behind it: over, handled, or only spoken of."""
    still: tuple[str, ...]
    """Behind that: not over after all."""
    happened: tuple[str, ...]
    """In or right behind the frame: it is so, whatever was feared."""
    once: tuple[str, ...]
    """In or right behind the frame: it was so once …"""
    not_once: tuple[str, ...]
    """… but for these."""
    describes: tuple[str, ...]
    """Right behind the frame: it tells what kind of thing something is …"""
    people: tuple[str, ...]
    """… but for people …"""
    particles: tuple[str, ...]
    """… and particles."""
    elsewhere: dict[str, tuple[str, ...]]
    """Per kind, words anywhere that make it likely to be something else."""
    things: tuple[str, ...]
    """Directly in front of what happened: it happened to no person."""
    urgent: tuple[str, ...]
    """No danger to life yet, but today."""


class EmergencyExamples(Words):
    """What the second opinion learns from."""

    present: dict[str, tuple[str, ...]]
    """Per kind, what people say in danger."""
    calm: dict[str, tuple[str, ...]]
    """What sounds like it and is not: past, reported, feared, denied, figurative, ordinary."""
