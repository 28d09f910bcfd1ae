"""How OpenAPI describes an operation that answers with a drawing."""

from typing import Any

SVG: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/svg+xml": {"schema": {"type": "string"}}}, "description": "Dessin SVG"}
}
