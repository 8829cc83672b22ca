"""A far end that answers before the library has made an object of the call."""

from types import SimpleNamespace
from typing import Any, cast

from baresip import Call, CallState, Event, Runtime, StackEvent

from bot.channels.sip.early import EarlyEvents


class _Stack:
    """The runtime's listeners, without the stack."""

    def __init__(self) -> None:
        self.listeners: list[Any] = []

    def subscribe(self, listener: Any) -> None:
        self.listeners.append(listener)

    def says(self, event: Event, call: int) -> None:
        for listener in list(self.listeners):
            listener(_event(event, call))


def _event(event: Event, call: int) -> StackEvent:
    fields = dict.fromkeys(StackEvent.__dataclass_fields__)
    return StackEvent(**fields | {"event": event, "call": call})  # type: ignore[arg-type]


def _outgoing(stack: _Stack, handle: int) -> Call:
    runtime = cast(Runtime, stack)
    return Call(runtime, handle=handle, ua_handle=1, state=CallState.OUTGOING)


def test_an_answer_that_came_too_early_is_made_up_for() -> None:
    stack = _Stack()
    early = EarlyEvents(cast(Runtime, stack))
    stack.says(Event.CALL_ESTABLISHED, call=7)
    seven, eight = _outgoing(stack, 7), _outgoing(stack, 8)
    assert seven.state is CallState.OUTGOING
    early.give(seven)
    early.give(eight)
    assert seven.state is CallState.ESTABLISHED
    assert eight.state is CallState.OUTGOING


def test_a_call_already_refused_is_closed() -> None:
    stack = _Stack()
    early = EarlyEvents(cast(Runtime, stack))
    stack.says(Event.CALL_CLOSED, call=7)
    call = _outgoing(stack, 7)
    vars(call)["_runtime"] = SimpleNamespace(unsubscribe=lambda _: None)
    early.give(call)
    assert call.state is CallState.CLOSED
