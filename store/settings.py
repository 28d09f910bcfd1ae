"""Settings of every process, read once from `ELASKA_*` environment variables."""

import base64
import binascii
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretBytes, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def _key(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        raw = base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError("a key is 32 bytes in base64") from error
    if len(raw) != 32:
        raise ValueError(f"a key is 32 bytes, this one has {len(raw)}")
    return raw


def _keys(value: object) -> object:
    if not isinstance(value, str):
        return value
    return [_key(part.strip()) for part in value.split(",") if part.strip()]


Key = Annotated[SecretBytes, BeforeValidator(_key)]
OldKeys = Annotated[list[SecretBytes], NoDecode, BeforeValidator(_keys)]


class ServiceConfie(BaseModel):
    """Where a service that modèles may call is, and how we are known there. See activities/call_service.py."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str
    secret: SecretStr | None = None
    delai: Annotated[float, Field(gt=0, le=60)] = 20.0
    """Seconds given to one exchange."""
    prive: bool = Field(default=False, description="it may be in our own network, without TLS")


class Settings(BaseSettings):
    """What an installation may change. Durations are in seconds, sizes in bytes."""

    model_config = SettingsConfigDict(env_prefix="ELASKA_", extra="ignore", frozen=True)

    database_url: str = Field(description="postgresql+psycopg://…")
    database_pool_size: int = 12
    master_key: Key = Field(description="wraps the data keys of clients; base64 of 32 bytes")
    master_keys_old: OldKeys = Field(
        default=[], description="former master keys, comma-separated, until `rewrap` has run"
    )
    temporal_address: str = "127.0.0.1:7233"
    temporal_namespace: str = "default"
    temporal_api_key: SecretStr | None = None
    temporal_tls: bool = False
    task_queue: str = "elaska"
    storage_url: str = Field(description="file:///folder or s3://bucket/prefix")
    data_dir: Path = Path(".elaska")
    ui_dir: Path = Path("ui/dist")
    modeles_dir: Path | None = Field(
        default=None,
        description="holds process_templates/, forms/, services/, documents/; the installation's own files without it",
    )
    modeles_read_only: bool = Field(default=False, description="no screen writes into that folder")

    public_url: str = "http://127.0.0.1:8000"
    cookie_secure: bool = True
    movable_clock: bool = Field(default=False, description="demo and tests only")
    trust_forwarded_for: bool = Field(
        default=False, description="read the caller's address from X-Forwarded-For, set by our own proxy"
    )

    api_host: str = "127.0.0.1"
    api_port: int = 8000
    api_workers: int = 1

    plateforme_privee: bool = Field(
        default=False,
        description="tests only: the outside mail platform may be in our own network, without TLS",
    )
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 1025
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_tls: Literal["none", "starttls", "tls"] = "none"
    imap_host: str | None = Field(
        default=None, description="mailbox to which mails come back when they do not arrive; none: not read"
    )
    imap_port: int = 993
    imap_user: str | None = None
    imap_password: SecretStr | None = None
    imap_tls: Literal["none", "starttls", "tls"] = "tls"
    imap_folder: str = "INBOX"
    mail_domain: str = Field(default="elaska.localhost", description="right part of our Message-IDs")
    mail_from: str = "eLaska <ne-pas-repondre@elaska.localhost>"
    mail_return: str | None = Field(
        default=None, description="address of that mailbox; mails come back to `mail_from` without it"
    )

    sms_url: str | None = Field(default=None, description="HTTP gateway; see activities/send_sms.py")
    sms_token: SecretStr | None = None
    sms_from: str = Field(default="eLaska", description="sender's name shown on telephones", max_length=11)
    services: dict[str, ServiceConfie] = Field(
        default={},
        description='services of modèles, by name: {"annuaire": {"url": "https://…", "secret": "…"}}',
    )
    vapid_private_key: SecretStr | None = Field(
        default=None, description="signs Web Push; base64url of 32 bytes; no push is sent without it"
    )
    vapid_subject: str = Field(
        default="mailto:contact@elaska.localhost", description="whom a push service may write to"
    )
    push_private_addresses: bool = Field(default=False, description="push to our own network: tests only")
    stripe_key: SecretStr | None = Field(
        default=None, description="secret key of the payment provider; none: no online payment"
    )
    stripe_webhook_secret: SecretStr | None = None
    stripe_url: str = "https://api.stripe.com"
    yousign_key: SecretStr | None = Field(
        default=None, description="key of the signature service; none: people deposit a copy signed by hand"
    )
    yousign_webhook_secret: SecretStr | None = None
    yousign_url: str = Field(
        default="https://api.yousign.app/v3", description="https://api-sandbox.yousign.app/v3 to try"
    )
    yousign_authentication: Literal["otp_email", "otp_sms", "no_otp"] = "otp_email"

    inpi_user: str | None = Field(
        default=None,
        description="account at the INPI's register of companies; none: its documents are not offered",
    )
    inpi_password: SecretStr | None = None
    inpi_url: str = "https://registre-national-entreprises.inpi.fr/api"

    session_idle: int = Field(default=8 * 3600, description="a session unused for this long is closed")
    session_absolute: int = Field(default=7 * 24 * 3600, description="a session never lives longer")
    link_session_absolute: int = Field(default=12 * 3600, description="the same, for a session by link")
    link_lifetime: int = Field(default=14 * 24 * 3600, description="a link not used by then is expired")
    argon2_time_cost: int = 3
    argon2_memory_kib: int = 64 * 1024
    max_file_size: int = 10 * 1024 * 1024
    max_json_size: int = 256 * 1024
    max_upload_size: int = Field(
        default=256 * 1024 * 1024,
        description="all the files of one request together, and one file sent in several times",
    )
    upload_lifetime: int = Field(
        default=24 * 3600, description="a file begun and not deposited by then is thrown away"
    )
    clamav_url: str | None = Field(
        default=None,
        description="unix:///path or tcp://host:port of ClamAV's daemon; none: files are not analysed",
    )
    clamav_timeout: float = Field(default=60.0, description="for one file; beyond, it is tried again later")


@lru_cache
def settings() -> Settings:
    """The settings of this process. Raises pydantic's ValidationError when one is missing or malformed."""
    return Settings()
