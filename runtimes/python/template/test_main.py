import unittest
from types import SimpleNamespace

from main import handler

CONTEXT = SimpleNamespace(function_name="{{name}}", request_id="test-1", get_remaining_time_in_millis=lambda: 30_000)


class HandlerTest(unittest.TestCase):
    def test_greets_by_name(self):
        answer = handler({"queryStringParameters": {"name": "Ada"}}, CONTEXT)
        self.assertEqual(answer["statusCode"], 200)
        self.assertEqual(answer["body"], {"message": "Hello, Ada!", "requestId": "test-1"})

    def test_greets_whom_a_direct_invoke_names(self):
        self.assertEqual(handler({"name": "Ada"}, CONTEXT)["body"]["message"], "Hello, Ada!")

    def test_greets_the_world_when_no_name_is_given(self):
        self.assertEqual(handler({}, CONTEXT)["body"]["message"], "Hello, world!")


if __name__ == "__main__":
    unittest.main()
