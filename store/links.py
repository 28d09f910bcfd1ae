"""Tokens of participants' links: derived from the link's id, so that a mail sent again carries the same one."""

import base64
import hashlib
import hmac

from store.crypto import ClientCipher


def link_secret(cabinet: ClientCipher) -> bytes:
    """The key of link tokens, derived from the firm's own key."""
    return cabinet.derive("participant link")


def token_of(secret: bytes, link_id: str) -> str:
    """The token of a link: 43 URL-safe characters that reveal nothing of it."""
    digest = hmac.new(secret, link_id.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def hash_token(token: str) -> bytes:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).digest()
