"""What the notifications service needs from the environment."""

from pydantic import SecretStr

from shared.settings import Settings


class NotificationSettings(Settings):
    """The chassis' settings, the mail server (TLS is taken where it is offered), and the vault's address."""

    smtp_host: str
    smtp_port: int
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_connections: int = 4
    smtp_timeout_seconds: float = 10.0
    mail_sender: str = "Kecamatan Salor <jangan-balas@salor.example>"
    complaints_url: str
