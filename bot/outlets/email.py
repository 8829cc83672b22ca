"""An e-mail to people or to a system that reads its mailbox."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate
from hashlib import sha256

from bot.followup.outcome import GiveUp, Retry
from bot.outlets.folder import flat, headings
from bot.outlets.profile import EmailOutlet
from bot.outlets.protocol import Message, Receipt
from bot.pages.words import say

TIMEOUT = 20.0


class EmailAdapter:
    def __init__(self, outlet: EmailOutlet, password: str = "") -> None:
        self._outlet = outlet
        self._password = password

    def send(self, message: Message) -> Receipt | Retry | GiveUp:
        mail = self._mail(message)
        try:
            with self._connect() as server:
                if self._outlet.user:
                    server.login(self._outlet.user, self._password)
                refused = server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            return _outcome(code, text)
        except smtplib.SMTPResponseException as error:
            return _outcome(error.smtp_code, error.smtp_error)
        except (smtplib.SMTPException, OSError) as error:
            return Retry(f"邮件发不出：{type(error).__name__}")
        if refused:
            return Receipt(text=say("outlets.partly", to="、".join(refused)))
        return Receipt(text=mail["Message-ID"])

    def _connect(self) -> smtplib.SMTP:
        outlet = self._outlet
        if outlet.security == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(outlet.host, outlet.port, timeout=TIMEOUT, context=context)
        server = smtplib.SMTP(outlet.host, outlet.port, timeout=TIMEOUT)
        if outlet.security == "starttls":
            server.starttls(context=ssl.create_default_context())
        return server

    def _mail(self, message: Message) -> EmailMessage:
        row = flat(message.record)
        mail = EmailMessage()
        mail["From"], mail["To"] = self._outlet.sender, ", ".join(self._outlet.to)
        mail["Date"] = formatdate(localtime=False)
        # The same message again carries the same id: mail systems show it once.
        domain = self._outlet.sender.rpartition("@")[2]
        mail["Message-ID"] = f"<{sha256(message.id.encode()).hexdigest()[:32]}@{domain}>"
        mail["X-Idempotency-Key"] = message.id
        subject = say("outlets.subject", **{k: " ".join(v.split()) for k, v in row.items()})
        mail["Subject"] = subject
        lines = (
            f"{name}：{value}" for name, value in zip(headings(row), row.values(), strict=True)
        )
        mail.set_content("\n".join(lines) + "\n")
        return mail


def _outcome(code: int, text: bytes | str) -> Retry | GiveUp:
    """4xx is for now, 5xx for good (RFC 5321); but 530–535 is our account: somebody mends that."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    reason = f"邮件服务器回答 {code}：{words[:200]}"
    return GiveUp(reason) if code >= 550 else Retry(reason)
