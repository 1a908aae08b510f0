"""Lets in only what comes from this page on this machine.

The sandbox can do anything in its world, so no other page in the same browser may reach it: neither by a form
(Origin) nor by a name that suddenly points here (Host, DNS rebinding).
"""

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' {images}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_NAMES = ("127.0.0.1", "localhost", "[::1]")


def guard(port: int, images: str) -> Middleware:
    """Refuses foreign hosts and origins; `images` is the one other address that pictures may come from."""
    hosts = {f"{name}:{port}" for name in _NAMES} | (set(_NAMES) if port == 80 else set())  # noqa: PLR2004  HTTP's own port
    origins = {f"http://{host}" for host in hosts}
    headers = {
        "Content-Security-Policy": _POLICY.format(images=images),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-store",
    }

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.host not in hosts:
            raise web.HTTPForbidden(text="The sandbox answers only to its own address on this machine.")
        if request.headers.get("Origin", next(iter(origins))) not in origins:
            raise web.HTTPForbidden(text="The sandbox answers only to its own page.")
        answer = await handler(request)
        if not answer.prepared:
            answer.headers.update(headers)
        return answer

    return check
