"""Whether an address can be listened on."""

import socket

from bot.failure import Failure


def port_is_free(address: str, what: str, variable: str, kind: socket.SocketKind) -> None:
    """Raises `Failure` when somebody else listens there, before anything slow is loaded."""
    host, _, port = address.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), int(port)))
        except OSError as error:
            raise Failure(
                f"{what}地址 {address} 用不了（{error.strerror}）："
                f"可能已有一个邻声在运行；请先停掉它，或改 {variable}。"
            ) from None
