"""Answers `plat invoke -d '{"name":"Ada"}'` and `GET /function/{{name}}?name=Ada`."""


def handler(event, context):
    """`event` is the HTTP call, in the format of AWS's HTTP API (payload 2.0); for a direct invoke, its JSON payload.
    `context` says who is called (`function_name`, `request_id`) and for how long (`get_remaining_time_in_millis()`)."""
    name = event.get("name") or event.get("queryStringParameters", {}).get("name", "world")
    print(f"Greeting {name}")
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/json"},
        "body": {"message": f"Hello, {name}!", "requestId": context.request_id},
    }
