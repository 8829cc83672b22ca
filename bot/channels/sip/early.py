"""Events of a call that come before the SIP library has made an object of it.

`UserAgent.dial` sends the INVITE, goes back to the event loop and only then makes the `Call` that
listens. A far end that answers within that moment (ours takes 2 ms) is never heard of: the call
stands, and `wait_established` waits in vain; measured once in 150 calls over loopback. A call that
a REFER made has the same gap.
"""

from collections import deque

from baresip import Call, Runtime, StackEvent

_REMEMBERED = 64
"""Events; a call has about five until it stands."""


class EarlyEvents:
    """Listens from the start; made before the first call."""

    def __init__(self, runtime: Runtime) -> None:
        self._events: deque[StackEvent] = deque(maxlen=_REMEMBERED)
        runtime.subscribe(self._events.append)

    def give(self, call: Call) -> None:
        """Let a call know what happened to it before it was made.

        To be called at once, before the event loop runs again: what comes later the call hears
        itself.
        """
        for event in list(self._events):
            if event.call == call.handle:
                call._on_stack_event(event)
