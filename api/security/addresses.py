"""Where a request comes from."""

from fastapi import Request

from store.settings import settings


def client_ip(request: Request) -> str:
    """The caller's address; the one our own proxy vouches for when the settings say there is one."""
    if settings().trust_forwarded_for:
        forwarded = request.headers.get("x-forwarded-for", "")
        last = forwarded.rsplit(",", 1)[-1].strip()
        if last:
            return last[:45]
    return request.client.host if request.client else "inconnue"
