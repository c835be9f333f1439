"""Field for field AWS's HTTP API payload format 2.0:
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import base64
import re
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .http_request import Request

# Headers that belong to one connection, not to the call (RFC 9110, section 7.6.1).
_CONNECTION_HEADERS = frozenset(
    ["connection", "expect", "http2-settings", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"]
)
_TEXT_TYPE = re.compile(
    r"text/.*|application/(?:.*\+)?(?:json|xml)"
    r"|application/(?:javascript|ecmascript|graphql|x-ndjson|x-www-form-urlencoded|yaml|x-yaml|toml|sql)"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def build_http_event(request: Request, request_id: str, function_name: str, now_ms: int) -> dict[str, Any]:
    headers, cookies = _collect_headers(request.header_list)
    raw_path, raw_query = _split_target(request.target)
    domain_name = re.sub(r":\d*$", "", headers.get("host", ""))
    event: dict[str, Any] = {"version": "2.0", "routeKey": "$default", "rawPath": raw_path, "rawQueryString": raw_query}
    if cookies:
        event["cookies"] = cookies
    event["headers"] = headers
    if raw_query:
        query = _join_query(raw_query)
        if query:
            event["queryStringParameters"] = query
    event["requestContext"] = {
        "accountId": "plat",
        "apiId": function_name,
        "domainName": domain_name,
        "domainPrefix": domain_name.split(".")[0],
        "http": {
            "method": request.method,
            "path": raw_path,
            "protocol": request.version,
            "sourceIp": headers.get("x-forwarded-for", "").split(",")[0].strip() or request.remote_address,
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": request_id,
        "routeKey": "$default",
        "stage": "$default",
        "time": _format_time(now_ms),
        "timeEpoch": now_ms,
    }
    body, is_base64 = _encode_body(request.body, headers)
    if body is not None:
        event["body"] = body
    event["isBase64Encoded"] = is_base64
    return event


def _collect_headers(header_list: list[tuple[str, str]]) -> tuple[dict[str, str], list[str]]:
    headers: dict[str, str] = {}
    cookies: list[str] = []
    for name, value in header_list:
        if name.startswith("x-plat-") or name in _CONNECTION_HEADERS:
            continue
        if name == "cookie":
            cookies += [cookie for cookie in re.split(r"; *", value) if cookie]
        elif name in headers:
            headers[name] = f"{headers[name]},{value}"
        else:
            headers[name] = value
    return headers, cookies


def _split_target(target: str) -> tuple[str, str]:
    if not target.startswith("/"):
        target = re.sub(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?]*", "", target)
    path, _, query = target.split("#", 1)[0].partition("?")
    return (path if path.startswith("/") else "/" + path), query


def _join_query(raw_query: str) -> dict[str, str]:
    from urllib.parse import unquote_plus

    joined: dict[str, str] = {}
    for part in raw_query.split("&"):
        if part == "":
            continue
        name, _, value = part.partition("=")
        name, value = unquote_plus(name), unquote_plus(value)
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _encode_body(body: bytes, headers: dict[str, str]) -> tuple[str | None, bool]:
    """A body is a string when its type says text (or there is no type) and its bytes are UTF-8; anything else is base64,
    so that no byte is ever lost."""
    if not body:
        return None, False
    content_type, *parameters = headers.get("content-type", "text/plain").lower().split(";")
    charsets = [part.strip()[8:].replace('"', "") for part in parameters if part.strip().startswith("charset=")]
    is_text = (
        headers.get("content-encoding", "identity").lower() == "identity"
        and _TEXT_TYPE.fullmatch(content_type.strip()) is not None
        and (charsets[0] if charsets else "utf-8") in ("utf-8", "utf8", "us-ascii")
    )
    if is_text:
        try:
            return body.decode("utf-8"), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(body).decode("ascii"), True


def _format_time(epoch_ms: int) -> str:
    """`12/Mar/2020:19:03:58 +0000`"""
    at = time.gmtime(epoch_ms / 1000)
    return f"{at.tm_mday:02}/{_MONTHS[at.tm_mon - 1]}/{at.tm_year}:{at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02} +0000"
